/**
 * Compiled scripts against /bin/sh: the same script on a toy machine and on a tree of real files.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/model/model.ts';
import { compileActor } from '../../src/userland/compileActor.ts';
import { FC, SEED_TITLE } from '../support/fc.ts';
import { LOG, runOn, startTree, type Tree } from './machine.ts';
import { script } from './scripts.ts';
import { bare, rulesActor, scriptActor, UNIVERSE } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'daxcheck-sh-'));

afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Runs the script by a real shell on files below a directory; returns their contents. */
function runBySh(text: string, shell: 'sh' | 'bash' = 'sh'): Map<string, string> {
  const tree = startTree();
  rmSync(join(root, 'sys'), { recursive: true, force: true });
  for (const path of tree.directories) mkdirSync(join(root, path), { recursive: true });
  for (const [path, content] of tree.files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const moved = text.replaceAll('/sys/', `${root}/sys/`);
  const { error, signal } = spawnSync(`/bin/${shell}`, ['-c', moved], { timeout: 10_000 });
  if (error !== undefined || signal !== null) throw new Error(`sh: ${error ?? signal}`);
  return new Map(
    [...tree.files.keys()].map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
}

function runByProgram(text: string): Tree | string {
  const { program, diagnostics } = compileActor(scriptActor(bare(text)), UNIVERSE);
  const [first] = program?.programs ?? [];
  if (first === undefined) return diagnostics.map(({ message }) => message).join('; ');
  const tree = startTree();
  runOn(tree, first.instructions);
  return tree;
}

describe(`a compiled script (${SEED_TITLE})`, () => {
  it('leaves the files as /bin/sh does, and writes in the same order', () => {
    const seen = { compared: 0, refused: 0 };

    fc.assert(
      fc.property(script, (text) => {
        const tree = runByProgram(text);
        seen[typeof tree === 'string' ? 'refused' : 'compared']++;
        if (typeof tree !== 'string') expect(tree.files).toEqual(runBySh(text));
      }),
      { ...FC, numRuns: FC.numRuns * 3 },
    );

    // Few scripts are refused: where set -e differs between ways, where a path is not known.
    expect(seen.compared).toBeGreaterThan(seen.refused);
  });
});

describe('the status of a block', () => {
  const ask = `\nif [ $? -eq 0 ]; then echo ok >> ${LOG}; else echo no >> ${LOG}; fi`;

  it.each([
    ['n=0; while [ $n -lt 2 ]; do n=$((n + 1)); false; done'],
    ['n=0; until [ $n -ge 2 ]; do n=$((n + 1)); true; done'],
    ['while false; do true; done'],
    ['n=0; while [ $n -lt 2 ]; do n=$((n + 1)); false; break; done'],
    ['for x in a b; do [ $x = a ]; done'],
    ['for x in a b; do [ $x = b ]; done'],
    [`for x in a b; do cat /sys/devices/system/memory/memory33/state; done`],
    ['for d in /sys/bus/dax/devices/dax*; do continue; done'],
    ['if false; then true; fi'],
    ['if true; then false; fi'],
    ['false || { false; }'],
    ['! { true && false; }'],
    [`x=$(cat /sys/devices/system/memory/memory33/state)`],
    [`x=$(cat /sys/devices/system/memory/memory33/state) y=1`],
  ])('is that of /bin/sh after %s', (text) => {
    const tree = runByProgram(text + ask);

    expect(typeof tree === 'string' ? tree : tree.files).toEqual(runBySh(text + ask));
  });

  it.each([
    ['n=0; while [ $n -lt 2 ]; do n=2; cat /sys/devices/system/memory/memory33/state; done'],
    ['for d in /sys/bus/dax/devices/dax*; do false; done'],
  ])('is refused where a loop loses it: %s', (text) => {
    expect(runByProgram(text + ask)).toBe(
      'the exit status of what stands before this is not modelled',
    );
  });
});

const STATE = '/sys/devices/system/memory/memory33/state';
const log = (text: string): string => `echo ${text} >> ${LOG}`;
const CASE = `case $1 in b) ${log('B')};; *) ${log('$1')};; esac`;

describe('functions, case and trap', () => {
  it.each([
    [`f() { ${log('"$1-$2-$#"')}; }\nf a "b c"\nf`.replace('"$1-$2-$#"', '"$#"')],
    [`f() { ${log('"$1"')}; }\nf a\nx=$(cat ${STATE})\nf "$x"`],
    [`f() { [ "$1" = "" ] && ${log('none')}; ${log('"$2"')}; }\nf; f "$(cat ${STATE})"; set --`],
    [`${log('"${1:-x}"')}; f() { ${log('"${2:-y}"')}; }; f a; f a b`],
    [`f() { for a in "$@"; do ${log('"$a"')}; done; }\nf "a b" c ''\nset -- d e\nf "$@" f`],
    [`f() { ${log('"$*"')}; }\nf a b; set -- c d; f $@ e`],
    [`f() { g "$1"; ${log('"$1"')}; }\ng() { set -- z; ${log('"$1"')}; }\nf a`],
    [`f() { return 3; }\nf && ${log('no')}; f || ${log('yes')}; f; [ $? -eq 3 ] && ${log('3')}`],
    [`f() { false; return; }\nif f; then ${log('no')}; else ${log('yes')}; fi`],
    [`f() { for a in 1 2 3; do [ $a = 2 ] && return 0; ${log('$a')}; done; }\nf; ${log('end')}`],
    [`f() { if [ -e ${STATE} ]; then return 1; fi; }\nf && ${log('ok')}; ${log('end')}`],
    [`x=1; f() { local x=2; ${log('$x')}; x=3; }\nf; ${log('$x')}`],
    [`x=1; f() { x=2; }\nf; ${log('$x')}`],
    [`f() { exit 0; }\nf; ${log('no')}`],
    [`set -e; f() { false; ${log('on')}; }\nf || ${log('failed')}; ${log('end')}`],
    [`set -e; f() { false; ${log('no')}; }\n${log('start')}; f; ${log('no')}`],
    [`daxctl() { ${log('mine')}; }\ndaxctl list`],
    [`set -- a b c\nwhile [ $# -gt 0 ]; do ${CASE}; shift; done`],
    [`x=$(cat ${STATE})\ncase $x in online) ${log('on')};; off*|x) ${log('off')};; esac`],
    [`x=$(cat ${STATE})\ncase "$x" in online*) ${log('on')};; *) ${log('x')};; esac`],
    [`case online_movable in online) ${log('a')};; on*) ${log('b')};; *) ${log('c')};; esac`],
    [`case x in y) false;; esac && ${log('zero')}`],
    [`case x in x) false;; esac || ${log('one')}`],
    [`trap '${log('bye')}' EXIT\n${log('hello')}`],
    [`trap '${log('bye')}' EXIT INT TERM\nset -e\n${log('hello')}\nfalse\n${log('no')}`],
    [`trap '${log('bye')}' EXIT\nif [ -e ${STATE} ]; then exit 1; fi\n${log('no')}`],
    [`x=a; trap '${log('$x')}' EXIT\nx=b; cat ${STATE} || exit 1; x=c`],
    [`f() { ${log('cleanup')}; }\ntrap f EXIT\ntrap - EXIT\ntrap f 0`],
    [`export x=a; readonly y=b; ${log('$x$y')}`],
    [`{ echo to nobody; ${log('block')}; } >&2`],
    [`grep -q nothing ${STATE} || true; ${log('end')}`],
  ])('do what /bin/sh does: %s', (text) => {
    const tree = runByProgram(text);

    expect(typeof tree === 'string' ? tree : tree.files).toEqual(runBySh(text));
  });
});

describe('[[ … ]]', () => {
  it.each([
    [`x=$(cat ${STATE}); [[ $x == online || -z "" ]] && ${log('yes')}`],
    [`[[ ! ( a == b && -e ${STATE} ) ]] && ${log('yes')}`],
    [`[[ -e ${STATE} && -e /sys/bus/dax/devices/dax1.0 ]] || ${log('no')}`],
    [`x="a b"; [[ $x == a* && $x != "a*" && 3 -gt 2 ]] && ${log('yes')}`],
    [`[[ a == b ]] && ${log('no')}; [[ -e ${STATE} ]] || ${log('no')}; ${log('end')}`],
    [`[[ -w ${STATE} && $EUID -eq 0 ]] && ${log('root')}`],
  ])('does what bash does: %s', (text) => {
    const tree = runByProgram(text);

    expect(typeof tree === 'string' ? tree : tree.files).toEqual(runBySh(text, 'bash'));
  });
});

const TOKENS = [
  ...['if', 'then', 'else', 'fi', 'while', 'do', 'done', 'for', 'in', 'x', '$x', '"$x"', '!', '&&'],
  ...['||', ';', '\n', '{', '}', '(', ')', '|', '>', '>>', '<', '2>&1', '<<E', '$(', '`', "'", '"'],
  ...['[', ']', '=', '-e', '-ge', '$((', '))', '${x', '##*/', '*', 'echo', 'cat', 'set', '-e'],
  ...['break', 'continue', 'exit', 'ndctl', 'all', 'modprobe', 'kmem', 'x=1', 'x=$((x+1))', '\\'],
  ...['/sys/bus/dax/drivers/kmem/bind', '/sys/bus/dax/devices/dax*', '..', 'seq', 'tee', 'sudo'],
  ...[
    'SUBSYSTEM',
    '==',
    '!=',
    '"memory"',
    'ATTR{state}',
    ',',
    'GOTO',
    'LABEL',
    'RUN',
    '+=',
    '"%k"',
  ],
  ...[
    '"$env{x}"',
    'ENV{x}',
    'TEST',
    'PROGRAM',
    'KERNEL',
    '"memory[3-"',
    '\\\n',
    '#',
    '\u0000',
    'é',
  ],
];

const soup = fc
  .array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 5 })), { maxLength: 40 })
  .map((tokens) => tokens.join(' '));

/** A program exactly when there is no fault, and every place inside the text. */
function isSound(actor: Actor, text: string): boolean {
  const { program, diagnostics } = compileActor(actor, UNIVERSE);
  const lines = text.split('\n').length;
  const placed = diagnostics.every(({ place }) => place.line >= 1 && place.line <= lines);
  return placed && (program === null) === diagnostics.length > 0;
}

describe(`any text (${SEED_TITLE})`, () => {
  it('is a script or a list of faults', () => {
    fc.assert(
      fc.property(soup, (text) => isSound(scriptActor(bare(text)), text)),
      { ...FC, numRuns: FC.numRuns * 10 },
    );
  });

  it('is a set of rules or a list of faults', () => {
    fc.assert(
      fc.property(soup, (text) => isSound(rulesActor(text), text)),
      { ...FC, numRuns: FC.numRuns * 10 },
    );
  });
});
