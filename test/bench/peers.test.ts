/** Every small system in the words of every checker: as many states and transitions in all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleBench } from '../../bench/bundle.mjs';
import { findPeers, withConstants } from '../../bench/peers.ts';
import { run } from '../../bench/process.ts';
import { SUBJECTS, type Subject } from '../../bench/subjects.ts';
import { ownContenders } from '../../bench/systems.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SMALL = 70_000;

/** The smallest size of each system. */
const subjects = SUBJECTS.filter(
  ({ system, states }, place) =>
    states < SMALL && SUBJECTS.findIndex((other) => other.system === system) === place,
);

const peers = findPeers({ root: ROOT, jar: process.env.TLA2TOOLS, optimise: '-O0' });
for (const { tool, version, absent } of peers) {
  if (version === null) process.stdout.write(`bench: ${tool} does not run: ${absent}\n`);
}
const present = peers.filter(({ version }) => version !== null);

describe(`peers of ${subjects.length} small systems`, () => {
  const place = mkdtempSync(join(tmpdir(), 'daxcheck-peers-'));
  beforeAll(() => bundleBench(ROOT));
  afterAll(() => rmSync(place, { recursive: true }));

  const counts = ({ states, transitions }: Subject): object => ({ states, transitions });
  const title = ({ system, size }: Subject): string => `${system} ${size}`;
  const rows = subjects.map((subject) => ({ name: title(subject), subject }));

  it.each(rows)('$name has its counts as a process of its own', ({ subject }) => {
    for (const contender of ownContenders(ROOT, subject, [1, 2])) {
      const seen = run(contender.command);
      expect(contender.read(seen.stdout)).toMatchObject(counts(subject));
    }
  });

  const pairs = present.flatMap((peer) =>
    rows.map((row) => ({ ...row, tool: peer.tool, prepare: peer.prepare })),
  );

  if (pairs.length > 0) {
    it.each(pairs)('$name has as many states and transitions in $tool', ({ prepare, subject }) => {
      const folder = mkdtempSync(join(place, 'peer-'));
      // One of the flags that the bench tries of each mode and number of threads.
      const contenders = prepare(subject, folder).filter(
        (one, at, all) =>
          all.findIndex((other) => other.command.words[0] === one.command.words[0]) === at,
      );
      for (const contender of contenders) {
        const seen = run(contender.command);
        expect(contender.read(seen.stdout)).toMatchObject(counts(subject));
      }
    });
  }

  it('gives rumur the constants of a size', () => {
    const text = 'const N: 6; B: 10;\ntype place: 0..N-1;\n';
    expect(withConstants(text, { N: 3, B: 4 })).toBe('const N: 3; B: 4;\ntype place: 0..N-1;\n');
    expect(withConstants(text, {})).toBe(text);
  });
});
