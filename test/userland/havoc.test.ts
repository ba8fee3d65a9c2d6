/** Parts of scripts and rules that are not understood, taken for anything they may do. */
import { describe, expect, it } from 'vitest';
import { compileActor } from '../../src/userland/compileActor.ts';
import type { Instruction } from '../../src/userland/program.ts';
import { sysfsPath } from '../../src/userland/sysfsForms.ts';
import type { Universe } from '../../src/userland/universe.ts';
import { bare, rulesActor, scriptActor, UNIVERSE } from './support.ts';

const STATE = '/sys/devices/system/memory/memory32/state';

function compiled(text: string, kind: 'script' | 'rules' = 'script', files?: readonly string[]) {
  const noted = new Map();
  const universe: Universe = { ...UNIVERSE, havoc: { files: files ?? null, noted } };
  const actor = kind === 'script' ? scriptActor(bare(text)) : rulesActor(text);
  const { program, diagnostics } = compileActor(actor, universe);
  const instructions = program?.programs.flatMap((one) => one.instructions) ?? [];
  return { diagnostics, instructions, noted: [...noted.values()] };
}

const written = (instructions: readonly Instruction[]): readonly string[] =>
  instructions.flatMap((item) => (item.op === 'write' ? [sysfsPath(item.file)] : []));

/** Where each `maybe` and jump can lead, and which of these ends are reached from the start. */
function ends(instructions: readonly Instruction[]): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const item = instructions[at];
    if (item === undefined || item.op === 'exit') continue;
    if ('to' in item) open.push(item.to);
    if (item.op !== 'jump') open.push(at + 1);
  }
  return seen;
}

describe('an unknown command', () => {
  it('is no fault, and is noted with its place', () => {
    const { diagnostics, noted } = compiled(`true\n  frobnicate --all\necho offline > ${STATE}`);

    expect(diagnostics).toEqual([]);
    expect(noted).toMatchObject([{ code: 'DAX202', place: { line: 2, column: 3 } }]);
  });

  it('may write every state of every block, the policy and the files of the drivers', () => {
    const paths = written(compiled('frobnicate').instructions);

    expect(paths).toContain('/sys/devices/system/memory/auto_online_blocks');
    expect(paths).toContain('/sys/bus/dax/drivers/kmem/unbind');
    expect(paths.filter((path) => path === STATE)).toHaveLength(4);
  });

  it('may disable regions of persistent memory, and no others', () => {
    const regionsOf = (isPmem: boolean): boolean => {
      const region = { name: 'region0', kind: 'static', namespace: null, isPmem } as const;
      const havoc = { files: null, noted: new Map() };
      const universe: Universe = { ...UNIVERSE, regions: [region], havoc };
      const { program } = compileActor(scriptActor(bare('frobnicate')), universe);
      return program?.programs[0]?.instructions.some(({ op }) => op === 'namespace') === true;
    };

    expect([regionsOf(true), regionsOf(false)]).toEqual([true, false]);
  });

  it('may write only the files that are named', () => {
    const files = ['/sys/devices/system/memory/*/state'];
    const { instructions } = compiled('frobnicate', 'script', files);
    const paths = new Set(written(instructions));

    expect([...paths].every((path) => path.endsWith('/state'))).toBe(true);
    expect(instructions.some(({ op }) => op === 'module' || op === 'trigger')).toBe(false);
  });

  it('may do any of it, again and again, and may go on at once', () => {
    const { instructions } = compiled('frobnicate');
    const reached = ends(instructions);

    expect(instructions[0]?.op).toBe('begin');
    expect(reached.size).toBe(instructions.length + 1);
  });

  it('may fail: with set -e the script may end there', () => {
    const leavers = (text: string): readonly Instruction[] => {
      const { instructions } = compiled(text);
      return instructions.filter(
        (item) => item.op === 'jump-if-failed' && item.to === instructions.length,
      );
    };

    expect(leavers('set -e\nfrobnicate || true\nmodprobe kmem')).toHaveLength(0);
    expect(leavers('set -e\nfrobnicate\nmodprobe kmem')).toHaveLength(1);
  });
});

describe('a variable that is not known', () => {
  it('makes every command that uses it one that may do anything', () => {
    const { noted } = compiled(`x=$(frob)\necho "$x" > ${STATE}\necho offline > ${STATE}`);

    expect(noted.map(({ place }) => place.line)).toEqual([1, 2]);
  });

  it('is known again once it is set to a text', () => {
    const { noted } = compiled(`x=$(frob)\nx=offline\necho "$x" > ${STATE}`);

    expect(noted.map(({ place }) => place.line)).toEqual([1]);
  });

  it('stays unknown where one of two ways sets it to what is not understood', () => {
    const text = `x=offline\nif [ -e ${STATE} ]; then x=$(frob); fi\necho "$x" > ${STATE}`;

    expect(compiled(text).noted.map(({ place }) => place.line)).toEqual([2, 3]);
  });
});

describe('a part of the shell that is not understood', () => {
  it('makes all variables unknown', () => {
    const { noted } = compiled(`y=offline\n(( y = 1 ))\necho $y > ${STATE}`);

    expect(noted.map(({ place }) => place.line)).toEqual([2, 3]);
  });

  it('of a function is the line inside of it, once it is called', () => {
    const { diagnostics, noted } = compiled('f() {\n  true\n  frob\n}\ng() { frob; }\nf');

    expect(diagnostics).toEqual([]);
    expect(noted.map(({ place }) => place.line)).toEqual([3]);
  });

  it('is nothing where no way leads to it', () => {
    const text = 'for i in 1 2; do case $i in 3) frob ;; esac; done; if false; then frob & fi';

    expect(compiled(text)).toMatchObject({ diagnostics: [], noted: [] });
  });

  it('is told alone, however deep it stands', () => {
    const deep = (inner: string, depth: number): string =>
      depth === 0 ? inner : `if [ -e ${STATE} ]; then ${deep(inner, depth - 1)}; fi`;
    const text = `set -e\nf() {\n${deep('frob', 30)}\n}\nf`;

    expect(compiled(text).noted).toMatchObject([{ code: 'DAX202', place: { line: 3 } }]);
  });

  it('leaves variables alone in a subshell', () => {
    const { noted } = compiled(`y=offline\n(y=online)\necho $y > ${STATE}`);

    expect(noted.map(({ place }) => place.line)).toEqual([2]);
  });
});

describe('what is refused all the same', () => {
  it.each([
    ['frobnicate &', 'DAX201'],
    ['trap frobnicate ERR', 'DAX201'],
    ['if true; then', 'DAX200'],
    ['if frob; then frobnicate & fi', 'DAX201'],
    ['while frob; do x=$(frobnicate &); done', 'DAX201'],
    ['case $(frob) in x) trap frobnicate EXIT ;; esac', 'DAX201'],
    ['f() { frobnicate & }\nf', 'DAX201'],
    ['for x in $y; do true; done | { coproc frob; }', 'DAX201'],
  ])('%s', (text, code) => {
    expect(compiled(text).diagnostics.map((fault) => fault.code)).toContain(code);
  });
});

describe('a rule that is not understood', () => {
  it('may match or not by a key that nobody knows', () => {
    const rule = 'SUBSYSTEM=="memory", ATTRS{vendor}=="x", ATTR{state}="online"';
    const { diagnostics, instructions, noted } = compiled(rule, 'rules');

    expect(diagnostics).toEqual([]);
    expect(noted).toMatchObject([{ code: 'DAX221' }]);
    expect(instructions.some(({ op }) => op === 'maybe')).toBe(true);
  });

  it('may do anything where it runs an unknown program', () => {
    const { instructions } = compiled('SUBSYSTEM=="memory", RUN+="/bin/frob %k"', 'rules');

    expect(written(instructions)).toContain('/sys/bus/dax/drivers/kmem/unbind');
  });

  it('may print anything where it asks an unknown program', () => {
    const rule = 'SUBSYSTEM=="memory", PROGRAM="/bin/frob", RESULT=="yes", ATTR{state}="online"';
    const { instructions } = compiled(rule, 'rules');

    expect(written(instructions)).toHaveLength(1);
    expect(instructions.filter(({ op }) => op === 'maybe')).toHaveLength(2);
  });

  it('names and tags the node without a word', () => {
    const rule = 'SUBSYSTEM=="dax", SYMLINK+="mem/%k", TAG+="systemd", MODE="0600"';

    expect(compiled(rule, 'rules').noted).toEqual([]);
  });
});
