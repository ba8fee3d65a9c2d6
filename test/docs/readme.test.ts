/** The README's library example, run as it stands; and its table of exit statuses. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The first fenced block of a language. */
function block(text: string, language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? '';
}

/** Statuses of the table below the heading `Exit status`. */
function statusesOf(path: string): number[] {
  const section =
    read(path)
      .split(/^## /m)
      .find((part) => part.startsWith('Exit status\n')) ?? '';
  return [...section.matchAll(/^\| (\d+) \|/gm)].map(([, status]) => Number(status));
}

describe('the README', () => {
  it('has a library example that prints what it shows', () => {
    const text = read('README.md');
    const done = spawnSync(process.execPath, ['--input-type=module'], {
      cwd: ROOT,
      input: block(text, 'js'),
      encoding: 'utf8',
    });

    expect(done.stderr).toBe('');
    expect(done.stdout).toBe(block(text, 'text'));
  });

  it('opens with the two commands', () => {
    expect(block(read('README.md'), 'sh')).toMatch(/^npm start .*\nnpm test .*\n$/);
  });
});

describe('the tables of exit statuses', () => {
  it.each(['README.md', 'docs/cli.md'])('of %s has every status once', (path) => {
    const byNumber = (left: number, right: number): number => left - right;
    expect(statusesOf(path)).toEqual(Object.values(EXIT).sort(byNumber));
  });
});
