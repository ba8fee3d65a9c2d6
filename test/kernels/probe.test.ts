/** Probing of source trees, on small ones that are written here in the kernel's style. */
import { describe, expect, it } from 'vitest';
import { FEATURES, resolveKernel } from '../../src/kernel/features.js';
import { RELEASES } from '../../src/kernel/releases.js';
import { digestOf, functionText, withoutComments } from '../../src/probe/cSource.js';
import { checkFunctions } from '../../src/probe/digests.js';
import {
  differenceFrom,
  nearestRelease,
  PROBED,
  type ProbedFeature,
  probeFeatures,
} from '../../src/probe/probe.js';
import { PROBES } from '../../src/probe/probes.js';
import {
  all,
  any,
  defines,
  file,
  first,
  inside,
  not,
  precedes,
  text,
} from '../../src/probe/rules.js';
import { missingOf, releaseOfTree, type SourceTree, treeOf } from '../../src/probe/tree.js';

/** A tree in memory. */
function tree(files: Readonly<Record<string, string>>): SourceTree {
  const has = (path: string): boolean =>
    Object.keys(files).some((name) => name === path || name.startsWith(`${path}/`));
  return treeOf((path) => files[path] ?? null, has);
}

const C = `
/* take() is told of in this comment { */
static int take(struct thing *thing);

static int take(struct thing *thing)
{
	if (thing->busy) { // not now
		return -EBUSY;
	}
	claim(thing, "a name /* no comment */");
	announce(thing);
	return 0;
}

long
give(struct thing *thing)
	__must_hold(lock)
{
	return retake(thing);
}
`;
const one = tree({ 'a.c': C });

describe('C source', () => {
  it('loses its comments and keeps its strings', () => {
    expect(withoutComments('a /* b */ c // d\n"/* e */"')).toBe('a   c  \n"/* e */"');
  });

  it('shows a function with its parameters, and not its declaration', () => {
    expect(functionText(withoutComments(C), 'take')).toMatch(/^\(struct thing \*thing\)\n\{/);
    expect(functionText(withoutComments(C), 'take')).toContain('return 0;');
    expect(functionText(withoutComments(C), 'take')).not.toContain('retake');
  });

  it('shows a function whose name begins a line, with what stands before its body', () => {
    expect(functionText(C, 'give')).toContain('retake(thing)');
  });

  it('takes no call and no longer name for the function', () => {
    expect(functionText(C, 'retake')).toBeNull();
    expect(functionText(C, 'tak')).toBeNull();
    expect(functionText(C, 'claim')).toBeNull();
  });

  it('shows all definitions of one that an option chooses between', () => {
    const two =
      '#ifdef A\nint f(void)\n{\n\treturn 1;\n}\n#else\nint f(void)\n{\n\treturn 2;\n}\n#endif\n';
    expect(functionText(two, 'f')).toMatch(/return 1;[\s\S]*return 2;/);
  });

  it('has one digest however it is spaced, and another when it does something else', () => {
    expect(digestOf('(int a)\n{\n\treturn a + 1;\n}')).toBe(digestOf('( int  a ) { return a+1; }'));
    expect(digestOf('{ return a + 1; }')).not.toBe(digestOf('{ return a + 2; }'));
    expect(digestOf('{ int a; }')).not.toBe(digestOf('{ inta; }'));
  });
});

describe('a rule', () => {
  it.each([
    ['finds what is there', inside('a.c', 'take', /EBUSY/), true],
    ['finds it in this function only', inside('a.c', 'give', /EBUSY/), false],
    ['does not know of a function that is not there', inside('a.c', 'lend', /EBUSY/), null],
    ['does not know of a file that is not there', text('b.c', /x/), null],
    ['takes the first place that has the function', inside(['b.c', 'a.c'], 'take', /claim/), true],
    ['sees order', precedes('a.c', 'take', /claim/, /announce/), true],
    ['sees the other order', precedes('a.c', 'take', /announce/, /claim/), false],
    ['does not know the order of what is not there', precedes('a.c', 'take', /x/, /claim/), null],
    ['sees a definition', defines('a.c', 'give'), true],
    ['sees that one is missing', defines('a.c', 'lend'), false],
    ['does not miss one in a missing file', defines('b.c', 'lend'), null],
    ['sees a file', file('a.c'), true],
    ['turns an answer round', not(file('a.c')), false],
    ['leaves no answer as it is', not(text('b.c', /x/)), null],
    ['is false when one of all is', all(text('b.c', /x/), file('b.c')), false],
    ['is open when one of all is', all(text('b.c', /x/), file('a.c')), null],
    ['is true when any is', any(text('b.c', /x/), file('a.c')), true],
    ['is open when any could be', any(text('b.c', /x/), file('b.c')), null],
    ['takes the first answer', first(text('b.c', /x/), file('b.c'), file('a.c')), false],
  ] as const)('%s', (_claim, rule, answer) => {
    expect(rule(one)).toBe(answer);
  });
});

describe('a tree', () => {
  it('is named by its Makefile', () => {
    const makefile = 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 192\nEXTRAVERSION =\n';
    expect(releaseOfTree(tree({ Makefile: makefile }))).toBe('v6.1.192');
    expect(releaseOfTree(tree({ Makefile: makefile.replace('192', '0') }))).toBe('v6.1');
    expect(releaseOfTree(tree({}))).toBeNull();
  });

  it('without what is probed is none', () => {
    expect(missingOf(tree({ 'mm/memory_hotplug.c': '' }))).toEqual([
      'drivers/dax',
      'kernel/resource.c',
    ]);
  });
});

/** What a tree with exactly these features would be probed as. */
const probedAs = (features: readonly string[]): ProbedFeature[] =>
  PROBED.map(({ id }) => ({ id, answer: features.includes(id) ? 'present' : 'absent' }));

describe('probing', () => {
  it('has one rule for each feature that changes something, and no other', () => {
    expect(PROBES.map(([id]) => id).sort()).toEqual(PROBED.map(({ id }) => id).sort());
  });

  it('calls absent what requires an absent feature, and unknown what cannot be looked at', () => {
    const answers = new Map(
      probeFeatures(tree({ 'drivers/dax/device.c': '' })).map(({ id, answer }) => [id, answer]),
    );
    expect(answers.get('dax-bus')).toBe('absent');
    expect(answers.get('kmem-hotremove')).toBe('absent');
    expect(answers.get('walk-error-codes')).toBe('unknown');
  });

  it('sees a fix and its absence', () => {
    const kmem = (body: string): SourceTree =>
      tree({
        'drivers/dax/bus.c': 'struct bus_type dax_bus_type = { }; /* new_id */ int new_id;\n',
        'drivers/dax/kmem.c': `static void dev_dax_kmem_remove(struct dev *d)\n{\n${body}\n}\n`,
      });
    const answer = (body: string): string | undefined =>
      probeFeatures(kmem(body)).find(({ id }) => id === 'kmem-hotremove')?.answer;
    expect(answer('\treturn;')).toBe('absent');
    expect(answer('\trc = remove_memory(start, size);')).not.toBe('absent');
  });

  it.each(RELEASES.map(({ name }) => name))('finds %s again by its own features', (name) => {
    const features = RELEASES.find((release) => release.name === name)?.features ?? [];
    const probed = probedAs(features);
    expect(differenceFrom(probed, name)).toEqual({ release: name, more: [], less: [] });
    expect(nearestRelease(probed, name)).toMatchObject({ more: [], less: [] });
  });

  it('tells a backport from the release before it', () => {
    const base = RELEASES.find(({ name }) => name === 'v6.1')?.features ?? [];
    const probed = probedAs([...base, 'region-intersects-nested']);
    expect(differenceFrom(probed, 'v6.1')).toMatchObject({
      more: ['region-intersects-nested'],
      less: [],
    });
  });

  it('gives a kernel whose features are the probed ones', () => {
    const base = resolveKernel({ release: 'v6.1', with: [], without: [] }).features;
    const wanted = [...base].filter((id) => id !== 'match-by-type').concat('dax-rwsems');
    const { more, less } = differenceFrom(probedAs(wanted), 'v6.1');
    const kernel = resolveKernel({ release: 'v6.1', with: more, without: less });
    const seen = (id: string): boolean => PROBED.some((row) => row.id === id);
    expect([...kernel.features].filter(seen).sort()).toEqual(wanted.filter(seen).sort());
  });
});

describe('the functions that the model follows', () => {
  const table = {
    'a.c take': { [digestOf(functionText(withoutComments(C), 'take') ?? '')]: ['v5.1.15'] },
    'a.c give': { '0123456789abcdef': ['v5.1.15'] },
    'a.c lend': { '0123456789abcdef': ['v5.1.15'] },
  };

  it('are known, other, or not there', () => {
    expect(checkFunctions(one, table)).toEqual({
      known: [{ name: 'a.c take', sameAs: ['v5.1.15'] }],
      unknown: ['a.c give'],
      missing: ['a.c lend'],
    });
  });
});

describe(`the ${FEATURES.length} features`, () => {
  it('are probed but for those that nobody can see', () => {
    expect(FEATURES.length - PROBED.length).toBe(
      FEATURES.filter(({ effect }) => effect === null).length,
    );
  });
});
