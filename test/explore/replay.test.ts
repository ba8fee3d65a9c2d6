/** Counterexamples: every one replays, a changed model is noticed, and a file loses nothing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { explore } from '../../src/explore.js';
import type { Actor, Model, Place } from '../../src/model/model.js';
import { type ReplayHeader, replay, replayActions } from '../../src/replay.js';
import { renderItf } from '../../src/report/itf.js';
import { parseItf } from '../../src/report/itfRead.js';
import { wantedOf } from '../../src/verdict/anchor.js';
import type { Trace } from '../../src/verdict/trace.js';
import { collect } from '../cli/terminal.ts';
import { MODEL_FILES, modelNamed, modelPath } from './models.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const violations = new Map<string, readonly Trace[]>();
for (const name of MODEL_FILES) violations.set(name, (await explore(modelNamed(name))).violations);
const VIOLATED = MODEL_FILES.filter((name) => (violations.get(name) ?? []).length > 0);
const LONG = VIOLATED.filter((name) => tracesOf(name).every(({ steps }) => steps.length > 1));

function tracesOf(name: string): readonly Trace[] {
  return violations.get(name) ?? [];
}

/**
 * Models whose every trace has a step of an actor: that nothing is reached has none, and what the
 * kernel's own threads do at boot needs none.
 */
const MOVING = VIOLATED.filter((name) => {
  const actors = modelNamed(name).actors.map((actor) => actor.name);
  return tracesOf(name).every(({ steps }) => steps.some((step) => actors.includes(step.thread)));
});

function headerOf({ steps, finding, inevitableAt, loopFrom }: Trace): ReplayHeader {
  const ordinals = steps.map(({ ordinal }) => ordinal);
  return { initial: 0, ordinals, finding, inevitableAt, loopFrom };
}

/** An actor that waits for a while and is done. */
const idle = (name: string, place: Place): Actor => ({
  kind: 'script',
  name,
  script: { text: 'sleep 1\n', place },
});

/** The differences that replaying each trace of a model on another one shows. */
async function differences(name: string, model: Model): Promise<string[][]> {
  const all: string[][] = [];
  for (const trace of tracesOf(name)) {
    const answer = await replay(model, headerOf(trace));
    expect(answer.matches).toBe(answer.differences.length === 0);
    all.push([...answer.differences]);
  }
  return all;
}

describe('every counterexample replays step by step', () => {
  it.each(VIOLATED)('%s', async (name) => {
    const model = modelNamed(name);
    for (const trace of tracesOf(name)) {
      const answer = await replay(model, headerOf(trace));

      expect(answer).toMatchObject({ matches: true, differences: [] });
      expect(answer.trace).toEqual(trace);
    }
  });
});

describe('a replay fails with a difference', () => {
  it.each(MOVING)('when the actors do nothing any more: %s', async (name) => {
    const model = modelNamed(name);
    const actors = model.actors.map((actor) => idle(actor.name, model.kernel.place));
    const still = await differences(name, { ...model, actors, faults: [] });

    for (const told of still) expect(told).toHaveLength(1);
  });

  it.each(LONG)('when the last step is left out: %s', async (name) => {
    for (const trace of tracesOf(name)) {
      const header = headerOf(trace);
      const answer = await replay(modelNamed(name), {
        ...header,
        ordinals: header.ordinals.slice(0, -1),
      });

      // A loss that the recovery menu cannot mend may be there before its last step.
      if (trace.finding.property === 'recoverable') continue;
      expect(answer.differences).toEqual([
        `after the last step \`${trace.finding.property}\` is not violated`,
      ]);
    }
  });

  it('when a step is one that does not exist', async () => {
    const [trace] = tracesOf('bugs/kmem-addfail-leak.yaml');
    if (trace === undefined) throw new Error('the model is not violated');

    const answer = await replay(modelNamed('bugs/kmem-addfail-leak.yaml'), {
      ...headerOf(trace),
      ordinals: [99],
    });

    expect(answer.differences).toEqual(['step 1 of 1 does not exist any more']);
  });

  it('when a command returns something else than the trace says', async () => {
    const name = 'bugs/kmem-addfail-leak.yaml';
    const [trace] = tracesOf(name);
    if (trace === undefined) throw new Error('the model is not violated');
    const steps = trace.steps.map((step, index) => {
      if (index > 0) return step;
      const events = step.events.map((event) =>
        event.kind === 'return' ? { ...event, result: 'EBUSY' } : event,
      );
      return { ...step, events };
    });

    const same = await replay(modelNamed(name), headerOf(trace), trace);
    const other = await replay(modelNamed(name), headerOf(trace), { ...trace, steps });

    expect(same.differences).toEqual([]);
    const command = '`admin: echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind`';
    expect(other.differences).toEqual([
      `step 1 of 2: expected ${command} -> -EBUSY`,
      `can be done instead: ${command} -> ok`,
    ]);
  });

  it('when the kernel has the commit that mends it', async () => {
    const [told] = await differences(
      'bugs/kmem-addfail-leak.yaml',
      modelNamed('bugs/kmem-addfail-fixed.yaml'),
    );

    expect(told).toEqual(['after the last step `rollback` is not violated']);
  });
});

describe('actions that another tool tells', () => {
  const ofClass = (wanted: (trace: Trace) => boolean): [string, Trace][] =>
    VIOLATED.flatMap((name) =>
      tracesOf(name)
        .filter(wanted)
        .slice(0, 1)
        .map((trace): [string, Trace] => [name, trace]),
    );
  const behaviours = (name: string): readonly string[] =>
    modelNamed(name)
      .properties.filter(({ form }) => form !== 'always' && form !== 'quiet')
      .map((property) => property.name);
  const judged = async ([name, trace]: [string, Trace]) =>
    replayActions(modelNamed(name), trace.steps.map(wantedOf));

  it('are judged by what makes a device lost', async () => {
    const lost = ofClass(({ finding }) => finding.property === 'recoverable').slice(0, 10);

    expect(lost.length).toBeGreaterThan(5);
    for (const one of lost) {
      const names = (await judged(one)).violations.map(({ finding }) => finding.property);
      expect([one[0], names]).toEqual([
        one[0],
        expect.arrayContaining([`recoverable(${one[1].finding.device})`]),
      ]);
    }
  });

  it('are judged by own invariants; behaviours are named as not judged', async () => {
    const own = ofClass(({ finding }) => finding.class === 'own').slice(0, 20);

    expect(own.length).toBeGreaterThan(3);
    for (const one of own) {
      const { property } = one[1].finding;
      const { violations: found, unjudged } = await judged(one);
      const names = (behaviours(one[0]).includes(property) ? unjudged : []).map(
        (each) => each.property,
      );
      const all = [...names, ...found.map(({ finding }) => finding.property)];
      expect([one[0], all]).toEqual([one[0], expect.arrayContaining([property])]);
    }
  });
});

describe('a trace file', () => {
  it('is read and written again as the same bytes', async () => {
    const terminal = collect();
    const paths = VIOLATED.map(modelPath);
    await runCommandLine(['explore', '--quiet', '--trace-dir', folder, ...paths], terminal);
    const files = readdirSync(folder);
    const written = VIOLATED.reduce((sum, name) => sum + tracesOf(name).length, 0);

    expect(files).toHaveLength(written);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      const reading = parseItf(text, file);
      if (!reading.ok) throw new Error(`${file} is refused`);
      const { modelHash, initial } = reading.header;
      expect(renderItf(reading.trace, { modelHash, initial })).toBe(text);
    }
  });

  it.each(VIOLATED)('replays with status 0 and shows what explore showed: %s', async (name) => {
    const directory = mkdtempSync(join(folder, 'traces-'));
    await runCommandLine(
      ['explore', '--quiet', '--trace-dir', directory, modelPath(name)],
      collect(),
    );
    for (const file of readdirSync(directory).map((entry) => join(directory, entry))) {
      const [shown, replayed] = [collect(), collect()];

      expect(await runCommandLine(['show', file], shown)).toBe(0);
      expect(await runCommandLine(['replay', file], replayed)).toBe(0);
      expect(replayed.error()).toBe('');
      expect(replayed.out()).toContain(shown.out());
    }
    rmSync(directory, { recursive: true });
  });

  it('ends replay with 22 on a model in which the kernel has been mended', async () => {
    const directory = mkdtempSync(join(folder, 'changed-'));
    const [path, edited] = [join(directory, 'model.yaml'), join(directory, 'edited.yaml')];
    const text = readFileSync(modelPath('bugs/kmem-addfail-leak.yaml'), 'utf8');
    writeFileSync(path, text);
    await runCommandLine(['explore', '--quiet', '--trace-dir', directory, path], collect());
    const trace = join(directory, 'model.no-leak.itf.json');
    const replayOn = async (kernel: string) => {
      const terminal = collect();
      writeFileSync(edited, text.replace(/^kernel: .*/m, `kernel: ${kernel}`));
      const status = await runCommandLine(['replay', trace, '--model', edited], terminal);
      return { status, out: terminal.out(), error: terminal.error() };
    };
    const mended = await replayOn('v5.3');

    expect(mended.status).toBe(22);
    expect(mended.out).toContain('NOT REPLAYED');
    expect(mended.error).toContain('as it is now (v5.3, call; the trace is of v5.1, call)');
    expect((await replayOn('v5.1 # the same')).status).toBe(0);
  });
});
