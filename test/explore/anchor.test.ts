/** Traces outlive edits of their models: found again by action, or the first divergence is told. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import type { Actor, Model } from '../../src/model/model.js';
import { type ReplayAnswer, replay } from '../../src/replay.js';
import type { Trace } from '../../src/verdict/trace.js';
import { modelNamed } from './models.ts';

const LEAK = modelNamed('bugs/kmem-addfail-leak.yaml');
const DEADLOCK = modelNamed('bugs/dl6-delete-against-unbind.yaml');

async function traceOf(model: Model, property: string): Promise<Trace> {
  const { violations } = await explore(model);
  const trace = violations.find(({ finding }) => finding.property === property);
  if (trace === undefined) throw new Error(`${property} holds`);
  return trace;
}

const leak = await traceOf(LEAK, 'no-leak');
const deadlock = await traceOf(DEADLOCK, 'no-deadlock');

function replayOn(model: Model, told: Trace): Promise<ReplayAnswer> {
  const { steps, finding, inevitableAt, loopFrom } = told;
  const ordinals = steps.map(({ ordinal }) => ordinal);
  return replay(model, { initial: 0, ordinals, finding, inevitableAt, loopFrom }, told);
}

function scripted(model: Model, edit: (text: string) => string): Model {
  const actors = model.actors.map((actor): Actor => {
    if (actor.kind !== 'script') return actor;
    return { ...actor, script: { ...actor.script, text: edit(actor.script.text) } };
  });
  return { ...model, actors };
}

const another = (model: Model, name: string, text: string): Actor => ({
  kind: 'script',
  name,
  script: { text, place: model.kernel.place },
});

describe('a trace is found again', () => {
  it('as it was, where nothing has changed', async () => {
    const answer = await replayOn(LEAK, leak);

    expect(answer).toMatchObject({ matches: true, differences: [], changes: [] });
    expect(answer.trace).toEqual(leak);
  });

  it('where another actor takes places among the enabled steps', async () => {
    const text = 'cat /sys/devices/system/memory/auto_online_blocks\n';
    const actors = [another(DEADLOCK, 'aaa', text), ...DEADLOCK.actors];

    const answer = await replayOn({ ...DEADLOCK, actors }, deadlock);

    expect(answer).toMatchObject({ matches: true, differences: [] });
    expect(answer.changes[0]).toMatch(/^\d+ steps found at another place$/);
    expect(answer.trace?.steps.map(({ thread }) => thread)).toEqual(
      deadlock.steps.map(({ thread }) => thread),
    );
  });

  it('where a comment has moved the lines of a script', async () => {
    const answer = await replayOn(
      scripted(LEAK, (text) => `# first of all\n${text}`),
      leak,
    );

    expect(answer).toMatchObject({ matches: true, differences: [], changes: [] });
  });

  it('where a script has a new line', async () => {
    const added = 'cat /sys/devices/system/memory/auto_online_blocks';
    const answer = await replayOn(
      scripted(LEAK, (text) => `${added}\n${text}`),
      leak,
    );

    expect(answer).toMatchObject({ matches: true, differences: [] });
    expect(answer.changes).toContain('step 1 is new');
    expect(answer.trace?.steps.map((step) => step.command?.text)).toEqual([
      added,
      ...leak.steps.map((step) => step.command?.text),
    ]);
    expect(answer.trace?.inevitableAt).toBe((leak.inevitableAt ?? 0) + 1);
  });

  it('where a script has lost a line that the finding does not need', async () => {
    const added = 'cat /sys/devices/system/memory/auto_online_blocks';
    const longer = scripted(LEAK, (text) => `${added}\n${text}`);
    const told = await traceOf(longer, 'no-leak');

    const answer = await replayOn(LEAK, told);

    expect(answer).toMatchObject({ matches: true, differences: [] });
    expect(answer.changes).toContain(
      `step 1 is not in the model any more: \`admin: ${added}\` -> ok "offline"`,
    );
  });
});

describe('a trace that is gone is told by its first divergence', () => {
  it('where the kernel has the commit that mends it', async () => {
    const answer = await replayOn(modelNamed('bugs/kmem-addfail-fixed.yaml'), leak);

    expect(answer.matches).toBe(false);
    expect(answer.differences).toEqual(['after the last step `no-leak` is not violated']);
  });

  it('where a command of it is no longer done', async () => {
    const answer = await replayOn(
      scripted(LEAK, (text) => text.replace('kmem/new_id', 'device_dax/new_id')),
      leak,
    );

    expect(answer.matches).toBe(false);
    const at = '/sys/bus/dax/drivers';
    expect(answer.differences).toEqual([
      `step 2 of 2: expected \`admin: echo dax0.0 > ${at}/kmem/new_id\` -> ok`,
      expect.stringContaining(
        `can be done instead: \`admin: echo dax0.0 > ${at}/device_dax/new_id`,
      ),
    ]);
  });

  it('where a thread can go no further', async () => {
    const actors = DEADLOCK.actors.filter(({ name }) => name === 'unbinder');

    const answer = await replayOn({ ...DEADLOCK, actors }, deadlock);

    expect(answer.matches).toBe(false);
    expect(answer.differences[0]).toMatch(/^step 1 of 13: expected `deleter: echo dax0\.0 > /);
    expect(answer.differences.slice(1)).toContain(
      'can be done instead: `unbinder: echo hmem.0 > /sys/bus/platform/drivers/hmem/unbind`',
    );
  });
});
