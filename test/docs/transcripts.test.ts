/**
 * Every command line that the README and docs/ print is run again, and must print the same.
 *
 * DOCS_UPDATE=1 writes what it prints now into the documents, for an author to look at.
 */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lacksGuest } from '../support/lab.ts';
import {
  elided,
  isAsPrinted,
  makeShell,
  masked,
  transcriptsOf,
  withAnswers,
} from './transcripts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'dist', 'cli.js');
const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const isUpdating = process.env.DOCS_UPDATE === '1';

/** Runs `job` in an empty folder beside which the project's models and examples lie. */
function inFolder<T>(job: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'daxcheck-docs-'));
  try {
    symlinkSync(join(ROOT, 'models'), join(folder, 'models'));
    symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'));
    return job(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cases = DOCUMENTS.flatMap((document) =>
  transcriptsOf(readFileSync(join(ROOT, document), 'utf8')).map((transcript) => ({
    document,
    transcript,
    title: `${document}:${transcript.line} ${transcript.exchanges[0]?.command ?? ''}`,
  })),
);

const usesGuest = ({ transcript }: (typeof cases)[number]): boolean =>
  transcript.exchanges.some(({ command }) => command.startsWith('npx daxcheck lab '));
const withoutGuest = cases.some(usesGuest) && (await lacksGuest('transcripts of the lab', '6.12'));
const played = cases.filter((one) => !(withoutGuest && usesGuest(one)));

describe('the documents', () => {
  it('are checked against the built command', () => {
    expect(existsSync(CLI), 'dist/cli.js is missing: npm run build').toBe(true);
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each(played)('print what is printed: $title', ({ document, transcript }) => {
    const answers = inFolder((folder) => {
      const shell = makeShell(CLI, folder);
      return transcript.exchanges.map(({ command }) => shell(command));
    });

    const isSame = transcript.exchanges.every(({ output }, index) =>
      isAsPrinted(output, answers[index]?.output ?? []),
    );
    if (isUpdating && !isSame) {
      update(document, transcript.exchanges[0]?.command ?? '', answers);
    } else {
      for (const [index, { command, output }] of transcript.exchanges.entries()) {
        const now = answers[index]?.output ?? [];
        if (!isAsPrinted(output, now)) {
          expect([command, ...now.map(masked)]).toEqual([command, ...output.map(masked)]);
        }
      }
    }
  });
});

/** Earlier blocks may have moved this one: it is found again by its first command. */
function update(
  document: string,
  command: string,
  answers: Parameters<typeof withAnswers>[2],
): void {
  const path = join(ROOT, document);
  const text = readFileSync(path, 'utf8');
  const same = transcriptsOf(text).filter(({ exchanges }) => exchanges[0]?.command === command);
  const [transcript] = same;
  if (transcript === undefined || same.length > 1) {
    throw new Error(`${document} has ${same.length} blocks that begin with ${command}`);
  }
  writeFileSync(path, withAnswers(text, transcript, answers));
}

describe('a transcript', () => {
  const text = ['# T', '```console', '$ npx daxcheck init', 'a', '$ echo $?', '0', '```'].join(
    '\n',
  );

  it('is read as commands with their output', () => {
    expect(transcriptsOf(text)).toEqual([
      {
        line: 2,
        exchanges: [
          { command: 'npx daxcheck init', output: ['a'] },
          { command: 'echo $?', output: ['0'] },
        ],
      },
    ]);
  });

  it('takes new answers in the place of the old', () => {
    const [transcript] = transcriptsOf(text);
    if (transcript === undefined) throw new Error('no transcript');
    const answers = [
      { output: ['b', 'c'], status: 1 },
      { output: ['1'], status: 0 },
    ];
    expect(withAnswers(text, transcript, answers)).toBe(
      text.replace('\na\n', '\nb\nc\n').replace('\n0\n', '\n1\n'),
    );
  });

  it.each([
    [['a', 'b'], ['a', 'b'], true],
    [['a'], ['a', 'b'], false],
    [['a', '…'], ['a', 'b', 'c'], true],
    [['a', '…', 'c'], ['a', 'b', 'c'], true],
    [['a', '…', 'c'], ['a', 'c'], true],
    [['a', '…', 'd'], ['a', 'b', 'c'], false],
    [['…', 'b', '…', 'd'], ['a', 'b', 'c', 'd'], true],
    [['…', 'c', '…', 'b'], ['a', 'b', 'c', 'd'], false],
    [['Measured: 1 s'], ['Measured: 2 s'], true],
  ])('%j against %j: %j', (printed, output, answer) => {
    expect(isAsPrinted(printed, output)).toBe(answer);
  });

  it('takes new answers between the lines around an elision', () => {
    const output = ['a', 'new', 'c', 'd', 'e'];
    expect(elided(['a', 'old', 'c', '…'], output)).toEqual(['a', 'new', 'c', '…']);
    expect(elided(['…', 'c', 'old', 'e'], output)).toEqual(['…', 'c', 'd', 'e']);
    expect(elided(['gone', '…'], output)).toBeNull();
  });

  it('shows no command that this test does not run', () => {
    expect(() => makeShell(CLI, '.')('rm -r models')).toThrow('no such command');
  });
});
