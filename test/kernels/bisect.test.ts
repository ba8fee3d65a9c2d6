/** Bisection: the walk over features, and the turn found in made-up and in real histories. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bisect,
  type Change,
  changesBetween,
  kernelAfter,
  mergeOrder,
  type Run,
} from '../../src/bisect.js';
import { runCommandLine } from '../../src/cli/program.js';
import { FEATURES, resolveKernel } from '../../src/kernel/features.js';
import { RELEASES } from '../../src/kernel/releases.js';
import { collect } from '../cli/terminal.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';

const request = (release: string) => ({ release, with: [], without: [] });
const kernelOf = (release: string) => resolveKernel(request(release));
const seen = new Set(FEATURES.filter(({ effect }) => effect !== null).map(({ id }) => id));
const visible = (features: Iterable<string>): string[] =>
  [...features].filter((id) => seen.has(id)).sort();

const PAIRS = [
  ['v5.0', 'v7.3'],
  ['v7.3', 'v5.0'],
  ['v5.1', 'v5.3'],
  ['v6.1', 'v6.1.192'],
  ['v6.1.192', 'v6.3'],
  ['v6.12.117', 'v6.12'],
] as const;

describe('the walk between two kernels', () => {
  it.each(PAIRS)('leads from %s to %s', (older, newer) => {
    const from = { request: request(older), kernel: kernelOf(older) };
    const changes = changesBetween(from.kernel, kernelOf(newer));
    const end = resolveKernel(kernelAfter(from, changes, changes.length));
    expect(visible(end.features)).toEqual(visible(kernelOf(newer).features));
  });

  it.each(PAIRS)('from %s to %s never lacks what a feature requires', (older, newer) => {
    const from = { request: request(older), kernel: kernelOf(older) };
    const changes = changesBetween(from.kernel, kernelOf(newer));
    const gone = changes.flatMap(
      (_, step) => resolveKernel(kernelAfter(from, changes, step)).alsoGone,
    );
    expect(visible(gone)).toEqual([]);
  });

  it('changes one feature at a time', () => {
    const from = { request: request('v5.0'), kernel: kernelOf('v5.0') };
    const changes = changesBetween(from.kernel, kernelOf('v7.3'));
    const sizes = changes.map(
      (_, step) => visible(resolveKernel(kernelAfter(from, changes, step + 1)).features).length,
    );
    expect(sizes).toEqual(changes.map((_, step) => step + 1));
  });

  it('goes by releases', () => {
    const order = mergeOrder(FEATURES).map(({ since }) => since);
    const dated = order.filter((since) => RELEASES.some(({ name }) => name === since));
    const places = dated.map((since) => RELEASES.findIndex(({ name }) => name === since));
    expect(places).toEqual([...places].sort((left, right) => left - right));
  });
});

/** A history in which the verdict of each step is given, without any model. */
function history(verdicts: readonly (boolean | null)[]): {
  changes: readonly Change[];
  runAt: (step: number) => Promise<Run>;
  asked: number[];
} {
  const asked: number[] = [];
  const changes = FEATURES.slice(0, verdicts.length - 1).map((feature) => ({
    feature,
    added: true,
  }));
  const runAt = async (step: number): Promise<Run> => {
    asked.push(step);
    return { step, kernel: `k${step}`, violated: verdicts[step] ?? null, states: 1 };
  };
  return { changes, runAt, asked };
}

describe(`bisection (${SEED_TITLE})`, () => {
  it('finds the turn of a history that has one, in few runs', async () => {
    const made = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }));
    await fc.assert(
      fc.asyncProperty(made, fc.boolean(), async ([before, after], isBad) => {
        const verdicts = [...Array(before).fill(isBad), ...Array(after).fill(!isBad)];
        const { changes, runAt, asked } = history(verdicts.slice(0, FEATURES.length + 1));
        fc.pre(changes.length >= before);
        const result = await bisect({ changes, runAt, every: false });
        expect(result).toMatchObject({
          kind: 'found',
          change: changes[before - 1],
          before: { step: before - 1, violated: isBad },
          after: { step: before, violated: !isBad },
        });
        expect(asked.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(changes.length + 1)));
      }),
      FC,
    );
  });

  it('finds a turn whose neighbours differ, whatever the history', async () => {
    const verdicts = fc.array(fc.boolean(), { minLength: 2, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(verdicts, fc.boolean(), async (given, every) => {
        const { changes, runAt } = history(given);
        const result = await bisect({ changes, runAt, every });
        if (given[0] === given.at(-1)) expect(result.kind).toBe('same');
        else {
          if (result.kind !== 'found') throw new Error(result.kind);
          expect(given[result.after.step]).not.toBe(given[result.before.step]);
          expect(result.before.step).toBe(result.after.step - 1);
          const turns = given.flatMap((one, at) => (at > 0 && one !== given[at - 1] ? [at] : []));
          if (every) {
            expect(result.after.step).toBe(turns[0]);
            expect(result.others).toHaveLength(turns.length - 1);
          }
        }
      }),
      FC,
    );
  });

  it('does not answer where a run was cut short', async () => {
    const { changes, runAt } = history([true, true, null, false, false]);
    expect((await bisect({ changes, runAt, every: false })).kind).toBe('cut');
  });
});

const LEAK = 'models/bugs/kmem-addfail-leak.yaml';

async function bisectLine(...words: readonly string[]) {
  const terminal = collect();
  const status = await runCommandLine(['bisect', ...words, '--workers', '1'], terminal);
  return { status, out: terminal.out(), error: terminal.error() };
}

describe('daxcheck bisect', () => {
  const known = [
    [LEAK, 'no-leak', 'v6.12', 'v5.1', 'kmem-add-rollback'],
    ['models/bugs/name-dangling.yaml', 'resource-tree', 'v5.9', 'v5.1', 'kmem-hotremove'],
    ['models/bugs/name-dangling.yaml', 'resource-tree', 'v5.9', 'v5.10', 'multi-range'],
    ['models/bugs/name-dangling.yaml', 'resource-tree', 'v6.12', 'v5.10', 'remove-resource'],
    [
      'models/bugs/without-bind-recheck.yaml',
      'rollback',
      'v5.1',
      'v5.1 without bind-recheck',
      'bind-recheck',
    ],
    ['models/bugs/pinned-page-self.yaml', 'no-deadlock', 'v6.12', 'v5.1', 'unpin-free-unmap'],
    ['models/bugs/mapping-under-kmem.yaml', 'no-crash', 'v5.9', 'v6.12', 'region-subdivision'],
  ] as const;

  it.each(known)('%s: %s is good on %s and bad on %s', async (model, property, good, bad, id) => {
    const { status, out } = await bisectLine(
      ...[model, '--property', property, '--good', good, '--bad', bad, '--json'],
    );
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ change: { id } });
  });

  it('refuses ends that do not differ, and ends that are swapped', async () => {
    const same = await bisectLine(
      LEAK,
      '--property',
      'no-leak',
      '--good',
      'v6.1',
      '--bad',
      'v6.12',
    );
    expect(same.status).toBe(151);
    expect(same.out).toContain('the same at both ends');
    const swapped = await bisectLine(
      ...[LEAK, '--property', 'no-leak', '--good', 'v5.1', '--bad', 'v6.12'],
    );
    expect(swapped.status).toBe(151);
    expect(swapped.error).toContain('no-leak holds on v6.12 and is violated on v5.1');
  });

  it('refuses a property that there is not', async () => {
    const { status, error } = await bisectLine(
      ...[LEAK, '--property', 'no-lek', '--good', 'v6.1', '--bad', 'v5.1'],
    );
    expect(status).toBe(150);
    expect(error).toContain('no-leak');
  });
});
