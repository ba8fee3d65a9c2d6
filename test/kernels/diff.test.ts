/** Comparison of two kernels: against hand-made cases, against itself, and against an oracle. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { compareKernels, type Seen } from '../../src/diff.js';
import type { Model } from '../../src/model/model.js';
import { run } from '../../src/run.js';
import { collect } from '../cli/terminal.ts';
import { modelNamed } from '../explore/models.ts';

const on = (model: Model, release: string, without: readonly string[] = []): Model => ({
  ...model,
  kernel: { ...model.kernel, release, without, with: [] },
});

const compare = (name: string, from: string, to: string) => {
  const model = modelNamed(`${name}.yaml`);
  return compareKernels(on(model, from), on(model, to));
};

const callsOf = (calls: readonly Seen[] | undefined): string[] =>
  (calls ?? []).map(({ command, result }) => `${command.replace(/^echo /, '')} ${result}`);

describe('two kernels', () => {
  it.each(['lifecycle/any-one-device-call', 'lifecycle/any-dynamic-call', 'lifecycle/faults'])(
    'are the same when they are one, in %s',
    (name) => {
      for (const release of ['v5.1', 'v6.12']) {
        const { onlyFirst, onlySecond, complete, pairs } = compare(name, release, release);
        expect({ onlyFirst, onlySecond, complete }).toEqual({
          onlyFirst: null,
          onlySecond: null,
          complete: true,
        });
        expect(pairs).toBeGreaterThan(10);
      }
    },
  );

  it('differ by the errno of one call, which is the shortest difference', () => {
    const { onlyFirst, onlySecond } = compare('lifecycle/any-one-device-call', 'v5.13', 'v5.14');
    const bind = '/sys/bus/dax/drivers/device_dax/bind';
    expect(callsOf(onlyFirst?.calls)).toEqual([`dax0.0 > ${bind} ENODEV`]);
    expect(callsOf(onlySecond?.calls)).toEqual([`dax0.0 > ${bind} EBUSY`]);
    expect(callsOf(onlyFirst?.instead)).toEqual([`dax0.0 > ${bind} EBUSY`]);
  });

  it('differ by a line of /proc/iomem alone', () => {
    const { onlyFirst } = compare('bugs/with-all-commits', 'v5.7', 'v5.8');
    const last = onlyFirst?.calls.at(-1);
    const other = onlyFirst?.instead[0];
    expect(last?.result).toBe(other?.result);
    const lines = last?.machine.filter((line) => !other?.machine.includes(line));
    expect(lines?.map((line) => line.trim())).toEqual(['140000000-14fffffff : System RAM']);
  });

  it('do not differ by it where names are not looked at', () => {
    const model = modelNamed('bugs/with-all-commits.yaml');
    const observe = ['results', 'ranges', 'blocks', 'drivers'] as const;
    const found = compareKernels(on(model, 'v5.7'), on(model, 'v5.8'), { observe });
    expect(found).toMatchObject({ onlyFirst: null, onlySecond: null, complete: true });
  });

  it('say so when the limit ends the comparison', () => {
    const model = modelNamed('lifecycle/any-one-device-call.yaml');
    const found = compareKernels(on(model, 'v5.1'), on(model, 'v5.2'), { pairs: 3 });
    expect(found.complete).toBe(false);
  });
});

/** Models with one script and nothing beside it: on each kernel there is one behaviour. */
const SCRIPTS = ['with-all-commits', 'with-class-compat', 'with-modalias-attr', 'name-dangling'];
const RELEASES = ['v5.0', 'v5.1', 'v5.3', 'v5.8', 'v5.17', 'v6.12'];
const pairs = SCRIPTS.flatMap((name) =>
  RELEASES.flatMap((from) => RELEASES.map((to) => [name, from, to] as const)),
);

/** What the one behaviour of a script shows, by the interpreter that runs scripts. */
function answersOf(model: Model): string[] {
  const records = run(model).slice(1);
  return records.map(({ thread, command, result, value, iomem, devices, blocks }) =>
    JSON.stringify([thread, command, result, value, iomem, devices, blocks]),
  );
}

describe(`the comparison of scripts, ${pairs.length} times`, () => {
  it.each(pairs)('%s on %s and %s differs where the two runs do', (name, from, to) => {
    const model = modelNamed(`bugs/${name}.yaml`);
    const [first, second] = [answersOf(on(model, from)), answersOf(on(model, to))];
    const found = compareKernels(on(model, from), on(model, to));

    const at = first.findIndex((answer, index) => answer !== second[index]);
    const backwards = second.findIndex((answer, index) => answer !== first[index]);
    expect(found.complete).toBe(true);
    expect((found.onlyFirst?.calls.length ?? 0) - 1).toBe(at);
    expect((found.onlySecond?.calls.length ?? 0) - 1).toBe(backwards);
  });
});

async function diffLine(...words: readonly string[]) {
  const terminal = collect();
  const status = await runCommandLine(['diff', ...words, '--workers', '1'], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

describe('daxcheck diff', () => {
  const LEAK = 'models/bugs/kmem-addfail-leak.yaml';

  it('ends with 24 and both verdicts where the kernels differ', async () => {
    const { status, out } = await diffLine(LEAK, '--from', 'v5.1', '--to', 'v5.3');
    expect(status).toBe(24);
    expect(out).toContain('v5.1  violated: rollback, no-leak; 6 states');
    expect(out).toContain('v5.3  holds; 6 states');
    expect(out).toContain('Only on v5.1, in 2 calls:');
  });

  it('ends with 0 where they do not', async () => {
    const { status, out } = await diffLine(LEAK, '--from', 'v5.1', '--to', 'v5.2');
    expect(status).toBe(0);
    expect(out).toContain('Userland sees the same on both');
  });

  it('takes a kernel with features taken away, and gives JSON', async () => {
    const { status, out } = await diffLine(
      ...[LEAK, '--from', 'v5.3 without kmem-add-rollback', '--to', '5.3', '--json'],
    );
    expect(status).toBe(24);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'diff',
      from: { kernel: 'v5.3 without kmem-add-rollback', verdict: 'violated' },
      to: { kernel: 'v5.3', verdict: 'holds' },
      complete: true,
      exitStatus: 24,
    });
  });

  it.each([
    ['v9.9', 'v5.1', 'Not a modelled release'],
    ['v5.3 without kmen', 'v5.1', 'No feature kmen'],
  ])('refuses the kernel %s', async (from, to, message) => {
    const { status, error } = await diffLine(LEAK, '--from', from, '--to', to);
    expect(status).toBe(2);
    expect(error).toContain(message);
  });
});
