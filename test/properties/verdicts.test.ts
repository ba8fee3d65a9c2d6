/**
 * Own properties and properties of behaviours from the model to the verdict: what is found, what is
 * shown, what replay makes of it, for any number of workers.
 */
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../src/compile/scenario.js';
import { EXIT } from '../../src/errors.js';
import { explore } from '../../src/explore.js';
import { openKernelEngine } from '../../src/kernelEngine.js';
import type { Model } from '../../src/model/model.js';
import { replay } from '../../src/replay.js';
import { renderItf } from '../../src/report/itf.js';
import { parseItf } from '../../src/report/itfRead.js';
import { renderVerdictJson } from '../../src/report/json.js';
import { PLAIN } from '../../src/report/style.js';
import { renderVerdict } from '../../src/report/text.js';
import { renderTrace } from '../../src/report/traceText.js';
import { observe } from '../../src/verdict/own.js';
import { answerTemporal } from '../../src/verdict/temporal/answers.js';
import type { Trace, Verdict } from '../../src/verdict/trace.js';
import { modelNamed } from '../explore/models.ts';
import { modelOf } from '../model/support.ts';

const MACHINE = `format: 1
title: a test
kernel: v5.1
machine:
  block_size: 128M
  iomem: |
    00000000-1fffffff : System RAM
    100000000-17fffffff : Soft Reserved
  dax:
    dax0.0: { range: 100000000-10fffffff, target_node: 1, driver: kmem, blocks: online_movable }
`;
const SCRIPT = `actors:
  admin: |
    echo offline > /sys/devices/system/memory/memory32/state
    echo offline > /sys/devices/system/memory/memory33/state
`;
const MENU = `actors:
  menu:
    any:
      - echo offline > /sys/devices/system/memory/memory32/state
      - echo online_movable > /sys/devices/system/memory/memory32/state
`;
const OFFLINE = 'blocks["memory32"].state == "offline"';

const verdictOf = (text: string): Promise<Verdict> => explore(modelOf(MACHINE + text));

/** Verdict, exit status and violations of a model with these properties. */
async function told(text: string): Promise<readonly unknown[]> {
  const { verdict, exitStatus, violations } = await verdictOf(text);
  return [verdict, exitStatus, ...violations.map(({ finding }) => finding.property)];
}

describe('the verdict', () => {
  it('is violated with 12 where a state breaks an own property', async () => {
    expect(await told(`${SCRIPT}properties: { p: '!(${OFFLINE})' }\n`)).toEqual([
      'violated',
      EXIT.invariantViolated,
      'p',
    ]);
  });

  it.each([
    [`eventually: 'threads["admin"].failed'`, 'eventually'],
    [`leads-to: ['${OFFLINE}', '!(${OFFLINE})']`, 'leads-to'],
    [`never-after: ['quiet', '${OFFLINE}']`, 'never-after'],
    [`reachable: 'oops'`, 'reachable'],
  ])('is violated with 13 where behaviours break { %s }', async (property, name) => {
    expect(await told(`${SCRIPT}check: [{ ${property} }]\n`)).toEqual([
      'violated',
      EXIT.temporalViolated,
      name,
    ]);
  });

  it.each([
    `eventually: '${OFFLINE}'`,
    `eventually: 'threads["admin"].done'`,
    `leads-to: ['${OFFLINE}', 'threads["admin"].done']`,
    `never-after: ['${OFFLINE}', '!(${OFFLINE})']`,
    `reachable: '${OFFLINE} && blocks["memory33"].state == "online"'`,
  ])('holds where none breaks { %s }', async (property) => {
    expect(await told(`${SCRIPT}check: [{ ${property} }]\n`)).toEqual(['holds', EXIT.holds]);
  });

  it.each([
    `{ eventually: '${OFFLINE}' }`,
    `{ leads-to: ['quiet', '${OFFLINE}'] }`,
    `{ never-after: ['quiet', 'oops'] }`,
    `{ reachable: 'oops' }`,
    'no-livelock',
  ])('is incomplete with 20 for %s where the search did not end', async (property) => {
    const limits = 'limits: { depth: 1 }\n';
    expect(await told(`${SCRIPT}${limits}check: [${property}]\n`)).toEqual([
      'incomplete',
      EXIT.incomplete,
    ]);
  });

  it('has a witness of reachable also where the search did not end', async () => {
    const text = `${SCRIPT}limits: { depth: 1 }\ncheck: [{ reachable: '${OFFLINE}' }]\n`;
    const { verdict, witnesses, held } = await verdictOf(text);

    expect(verdict).toBe('incomplete');
    expect(witnesses?.map(({ steps }) => steps.length)).toEqual([1]);
    expect(held).toEqual([`reachable(${OFFLINE})`]);
  });

  it('ends a search at the level of the first violation, unless it shall go on', async () => {
    const property = `properties: { p: '!(${OFFLINE})' }\n`;

    expect(await verdictOf(SCRIPT + property)).toMatchObject({ distinctStates: 2, depth: 1 });
    expect(await verdictOf(`${SCRIPT}continue: true\n${property}`)).toMatchObject({
      distinctStates: 3,
      depth: 2,
      stoppedBy: null,
    });
  });

  it('looks at an own property between system calls, and at `always` in every state', async () => {
    const text = `granularity: step\n${SCRIPT}properties:
  between: 'quiet'
  ever: { always: 'quiet' }\n`;
    const { violations } = await verdictOf(text);

    expect(violations.map(({ finding }) => finding.property)).toEqual(['ever']);
  });

  it('does not oblige a menu to go on, and a script it does', async () => {
    const property = `check: [{ eventually: '${OFFLINE}' }]\n`;

    expect(await told(MENU + property)).toEqual(['violated', EXIT.temporalViolated, 'eventually']);
    expect(await told(SCRIPT + property)).toEqual(['holds', EXIT.holds]);
  });
});

describe('what was never tested is told', () => {
  it.each([
    [`properties: { p: 'size(blocks) == 2 || oops' }`, 'p: `size(blocks) == 2` always held'],
    [`check: [{ leads-to: ['oops', 'quiet'] }]`, 'leads-to(oops, quiet): `oops` never held'],
    [`check: [{ never-after: ['oops', 'quiet'] }]`, 'never-after(oops, quiet): `oops` never'],
  ])('%s', async (text, words) => {
    const { verdict, vacuous } = await verdictOf(`${SCRIPT}${text}\n`);

    expect(verdict).toBe('holds');
    expect(vacuous).toEqual([expect.stringContaining(words)]);
  });

  it('is silent where each part was the one that counted', async () => {
    const text = `properties: { p: '${OFFLINE} || blocks["memory33"].state == "online"' }`;
    const { vacuous } = await verdictOf(`${SCRIPT}${text}\n`);

    expect(vacuous).toEqual([]);
  });
});

const SHOWN = ['eventually-udev', 'leads-to', 'never-after', 'reachable-not', 'own'];

const tracesOf = async (name: string): Promise<readonly [Model, readonly Trace[]]> => {
  const model = modelNamed(`properties/${name}.yaml`);
  return [model, (await explore(model)).violations];
};

const ordinalsOf = ({ steps }: Trace): number[] => steps.map(({ ordinal }) => ordinal);

describe('a behaviour', () => {
  it.each(SHOWN)('of %s is replayed and judged again', async (name) => {
    const [model, traces] = await tracesOf(name);
    for (const trace of traces) {
      const { matches, trace: now } = await replay(
        model,
        { ...trace, initial: 0, ordinals: ordinalsOf(trace) },
        trace,
      );

      expect(matches).toBe(true);
      expect(now).toEqual(trace);
    }
  });

  it('that is not repeated as it says is no longer one', async () => {
    const [model, [trace]] = await tracesOf('eventually-udev');
    if (trace?.loopFrom === undefined) throw new Error('a lasso was expected');
    const header = { ...trace, initial: 0, ordinals: ordinalsOf(trace) };
    const differences = async (other: object): Promise<readonly string[]> =>
      (await replay(model, { ...header, ...other })).differences;

    const none = ['after the last step `over` is not violated'];
    expect(await differences({ loopFrom: trace.loopFrom - 1 })).toEqual(none);
    expect(await differences({ loopFrom: trace.steps.length })).toEqual(none);
    expect(await differences({ loopFrom: undefined })).toEqual(none);
    expect(await differences({ ordinals: header.ordinals.slice(0, -1) })).toEqual(none);
  });

  it.each(SHOWN)('of %s loses nothing in a trace file', async (name) => {
    const [, traces] = await tracesOf(name);
    for (const trace of traces) {
      const text = renderItf(trace, { modelHash: `sha256:${'0'.repeat(64)}`, initial: 0 });
      const read = parseItf(text);

      expect(read.ok && read.trace).toEqual(trace);
    }
  });

  it('tells other tools in `loop` which states are repeated', async () => {
    const [, [trace]] = await tracesOf('eventually-udev');
    if (trace?.loopFrom === undefined) throw new Error('a lasso was expected');
    const origin = { modelHash: `sha256:${'0'.repeat(64)}`, initial: 0 };
    const { loop, states } = JSON.parse(renderItf(trace, origin));

    // The last state is the one before the loop, so what comes next is the first of the loop.
    expect(loop).toBe(trace.loopFrom + 1);
    const { iomem, blocks, devices } = states.at(-1);
    expect(states[loop - 1]).toMatchObject({ iomem, blocks, devices });
  });

  it('is told with the place from which it is repeated', async () => {
    const [, [trace]] = await tracesOf('eventually-udev');
    if (trace === undefined) throw new Error('a trace was expected');
    const text = renderTrace(trace, PLAIN);

    expect(text).toContain('==> The steps from here on are repeated for ever:');
    expect(text.replace(/\s+/g, ' ')).toContain('; steps 2 to 4 are repeated for ever');
  });

  it('that may stop is told as one', async () => {
    const [, [trace]] = await tracesOf('leads-to');
    if (trace === undefined) throw new Error('a trace was expected');

    expect(trace.loopFrom).toBe(trace.steps.length);
    const text = renderTrace(trace, PLAIN).replace(/\s+/g, ' ');
    expect(text).toContain('; nothing has to move any more');
  });

  it('that reaches a state is shown in the text and as JSON', async () => {
    const verdict = await explore(modelNamed('properties/eventually.yaml'));
    const [witness] = renderVerdictJson(verdict).split('\n');

    expect(renderVerdict(verdict, PLAIN)).toContain('Reached (the shortest way to each)');
    expect(JSON.parse(witness ?? '')).toMatchObject({ kind: 'witness', property: 'reachable' });
  });
});

describe('any number of workers', () => {
  const answers = async (model: Model, workers: number): Promise<object> => {
    const scenario = compileModel(model);
    const options = { workers, parallelFrom: 0, tableBytes: 64 };
    const engine = openKernelEngine(scenario, options);
    const result = await engine.search();
    const { ownViolations, levels, transitions } = result;
    const observed = observe(engine, scenario);
    const temporal = await answerTemporal(engine, scenario, result, observed);
    return { ownViolations, levels, transitions, temporal };
  };

  it.each(['eventually-udev', 'leads-to', 'never-after', 'own', 'large'])(
    'gives the same answers and behaviours on %s',
    async (name) => {
      const model =
        name === 'large'
          ? {
              ...modelNamed('lifecycle/any-one-device-call.yaml'),
              ...modelOf(`${MACHINE}${SCRIPT}check:
  - eventually: 'devices["dax0.0"].driver == "device_dax"'
  - leads-to: ['devices["dax0.0"].driver == "kmem"', 'blocks.all(b, b.state == "offline")']
  - never-after: ['devices["dax0.0"].driver == "none"', 'devices["dax0.0"].driver == "kmem"']
  - reachable: 'devices["dax0.0"].driver == "device_dax"'
  - no-livelock\n`),
              actors: modelNamed('lifecycle/any-one-device-call.yaml').actors,
              machine: modelNamed('lifecycle/any-one-device-call.yaml').machine,
            }
          : modelNamed(`properties/${name}.yaml`);
      const alone = await answers(model, 1);

      expect(await answers(model, 2)).toEqual(alone);
      expect(await answers(model, 3)).toEqual(alone);
    },
  );
});
