/** `explore --graph`: files that are whole or not there, and what is refused. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { collect } from '../cli/terminal.ts';
import { modelPath } from '../explore/models.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

const MODEL = modelPath('lifecycle/readme.yaml');

async function explore(...words: readonly string[]) {
  const terminal = collect();
  const status = await runCommandLine(['explore', '--workers', '1', ...words], terminal);
  return { status, error: terminal.error(), out: terminal.out() };
}

describe('explore --graph', () => {
  it('writes one file for each format, beside the verdict', async () => {
    const [dot, aut] = [join(folder, 'g.dot'), join(folder, 'g.aut')];
    const { status, error } = await explore('--graph', dot, '--graph', aut, MODEL);
    expect(status).toBe(13);
    expect(error).toContain(`graph: ${dot}: 125 states, 576 transitions, collapsed by what`);
    expect(readFileSync(dot, 'utf8')).toMatch(/^digraph "[^"]+" \{\n/);
    expect(readFileSync(aut, 'utf8')).toMatch(/^des \(0, \d+, \d+\)\n/);
    expect(readdirSync(folder).sort()).toEqual(['g.aut', 'g.dot']);
  });

  it('writes every state by itself with --graph-full', async () => {
    const aut = join(folder, 'g.aut');
    await explore('--graph', aut, '--graph-full', MODEL);
    expect(readFileSync(aut, 'utf8')).toMatch(/^des \(0, 576, 125\)\n/);
  });

  it('refuses what is too large, with numbers and what helps, and leaves no file', async () => {
    const words = ['--graph', join(folder, 'g.dot'), '--graph-states', '50', MODEL];
    const { status, error } = await explore(...words);
    expect(status).toBe(151);
    expect(error.replace(/\d+/g, 'N')).toContain(
      'no graph: the model has more than N states (N states up to depth N); ' +
        '--graph-states N takes more of them, --max-depth N leaves out what lies deeper',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('draws so deep as --max-depth goes', async () => {
    const dot = join(folder, 'g.dot');
    const { error } = await explore('--graph', dot, '--max-depth', '2', MODEL);
    expect(error).toContain('cut at a limit');
    expect(readFileSync(dot, 'utf8')).toContain('not explored further');
  });

  it.each([
    [['--graph', 'g.png', MODEL], 'Expected a file named .dot (or .gv) for Graphviz, or .aut.'],
    [['--graph-full', MODEL], '--graph-full goes with --graph FILE'],
    [['--graph', 'g.dot', MODEL, MODEL], '--graph is of one model; several are named'],
  ])('refuses %j', async (words, why) => {
    const { status, error } = await explore(...words);
    expect(status).toBe(2);
    expect(error).toContain(why);
  });

  it('says which file cannot be written', async () => {
    const above = join(folder, 'a file');
    writeFileSync(above, '');
    const { status, error } = await explore('--graph', join(above, 'g.dot'), MODEL);
    expect(status).toBe(153);
    expect(error).toContain(above);
  });
});
