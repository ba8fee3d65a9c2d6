/** The explorer says of every step of every counterexample what a replay says of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import type { Way } from '../../src/explorer/way.js';
import { PROPERTIES, SEEN_BY_STEPS } from '../../src/kernel/properties.js';
import type { Trace } from '../../src/verdict/trace.js';
import { MODEL_FILES, modelNamed } from '../explore/models.ts';
import { explorerOf } from './explorers.ts';

const wayOf = ({ steps }: Trace): Way => ({
  initial: 0,
  ordinals: steps.map(({ ordinal }) => ordinal),
});

/** A finding as the badges name it. */
const badgeOf = ({ finding }: Trace): string =>
  finding.device === null ? finding.property : `${finding.property}(${finding.device})`;

describe('on the way of a counterexample', () => {
  it.each(MODEL_FILES)('%s', async (name) => {
    const model = modelNamed(name);
    const { explorer } = explorerOf(model);
    for (const trace of (await explore(model)).violations) {
      const position = await explorer.visit(wayOf(trace));

      expect(position.isCut).toBe(false);
      expect(position.initial).toEqual(trace.initial);
      expect(position.steps).toEqual(trace.steps);
      expect(position.machine).toEqual(trace.steps.at(-1)?.after ?? trace.initial);
      const badge = position.badges.find(({ property }) => property === badgeOf(trace));
      const isOfBehaviours = badge?.note === 'whole behaviours have it, no single state';
      if (!isOfBehaviours) expect(badge).toMatchObject({ state: 'violated' });
      if (trace.finding.deadlock !== null) {
        expect(position.deadlock).toEqual(trace.finding.deadlock);
      }
    }
  });
});

describe('an explorer', () => {
  const name = 'lifecycle/script-loses-device.yaml';

  it('tells each action as the step that is taken with it', async () => {
    const { explorer } = explorerOf(modelNamed(name));
    const start = await explorer.visit({ initial: 0, ordinals: [] });

    expect(start.actions.length).toBeGreaterThan(1);
    for (const { step } of start.actions) {
      const next = await explorer.visit({ initial: 0, ordinals: [step.ordinal] });
      expect(next.steps).toEqual([step]);
      expect(next.machine).toEqual(step.after);
    }
  });

  it('goes back and to another branch as if it came from the start', async () => {
    const [trace] = (await explore(modelNamed(name))).violations;
    if (trace === undefined) throw new Error('the model is not violated');
    const { ordinals } = wayOf(trace);
    const { explorer } = explorerOf(modelNamed(name));
    for (const length of [ordinals.length, 2, 5, 0, 3]) {
      const way = { initial: 0, ordinals: ordinals.slice(0, length) };
      const fresh = explorerOf(modelNamed(name)).explorer;

      expect(await explorer.visit(way)).toEqual(await fresh.visit(way));
    }
  });

  it('stops where a step does not exist, and says so', async () => {
    const { explorer } = explorerOf(modelNamed(name));
    const position = await explorer.visit({ initial: 7, ordinals: [0, 99, 0] });

    expect(position).toMatchObject({ isCut: true, way: { initial: 0, ordinals: [0] } });
  });

  it('tells as many actions as it is asked for, and how many are left', async () => {
    const { explorer } = explorerOf(modelNamed(name));
    const all = await explorer.visit({ initial: 0, ordinals: [] });
    const one = await explorer.visit({ initial: 0, ordinals: [] }, 1);

    expect(one.actions).toEqual(all.actions.slice(0, 1));
    expect(one.actionsLeft).toBe(all.actions.length - 1);
  });
});

describe('the badges', () => {
  it('know which properties docs/properties.md says are seen by steps alone', () => {
    const text = readFileSync(new URL('../../docs/properties.md', import.meta.url), 'utf8');
    const sections = text.split(/^## /m).map((section) => section.split('\n'));
    const quiet = sections
      .filter(([, , line = '']) => /\bquiet\b/i.test(line))
      .map(([title = '']) => title.replaceAll('`', ''));
    const ours = PROPERTIES.filter(({ bit }) => !SEEN_BY_STEPS.has(bit)).map((row) => row.name);

    expect(ours.filter((name) => name !== 'recoverable').sort()).toEqual(quiet.sort());
  });

  it('do not judge quiet properties while a thread is inside the kernel', async () => {
    const { explorer } = explorerOf(modelNamed('bugs/dl6-delete-against-unbind.yaml'));
    const position = await explorer.visit({ initial: 0, ordinals: [0] });
    const states = new Map(position.badges.map(({ property, state }) => [property, state]));

    expect(states.get('no-overlap')).toBe('unjudged');
    expect(states.get('no-crash')).toBe('holds');
  });
});
