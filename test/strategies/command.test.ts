import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { collect } from '../cli/terminal.ts';

const modelFile = (name: string): string =>
  fileURLToPath(new URL(`../../models/${name}.yaml`, import.meta.url));
const DEADLOCK = modelFile('bugs/dl1-size-against-delete');
const HOLDS = modelFile('bugs/l6-size-killed-fixed');

/** Explores one model: the status, and the JSON lines without what was measured. */
async function explored(words: readonly string[]): Promise<{ status: number; lines: string[] }> {
  const terminal = collect();
  const status = await runCommandLine(['explore', '--json', ...words], terminal);
  const lines = terminal.out().trimEnd().split('\n');
  return { status, lines: lines.map((line) => line.replace(/,"measured":\{.*?\}/, '')) };
}

describe('explore --strategy', () => {
  it.each(['random', 'swarm'])('%s with one seed prints the same bytes again', async (name) => {
    const words = ['--strategy', name, '--seed', '11', '--runs', '40', DEADLOCK];

    const one = await explored(['--workers', '1', ...words]);
    const two = await explored(['--workers', '2', ...words]);

    expect(one.status).toBe(11);
    expect(two).toEqual(one);
    expect(await explored(['--workers', '1', ...words])).toEqual(one);
    expect(one.lines.at(-1)).toContain(`"strategy":{"name":"${name}","seed":11,"runs":40,`);
  });

  it.each(['random', 'swarm'])('%s never says that a model holds', async (name) => {
    const { status, lines } = await explored(['--strategy', name, '--runs', '20', HOLDS]);

    expect(status).toBe(20);
    expect(lines.at(-1)).toContain('"verdict":"incomplete"');
    expect(lines.at(-1)).toContain('"stoppedBy":{"limit":"runs"');
  });

  it('random goes other ways with another seed', async () => {
    const of = (seed: string) =>
      explored(['--strategy', 'random', '--seed', seed, '--runs', '3', HOLDS]);

    expect((await of('1')).lines).not.toEqual((await of('2')).lines);
  });

  it('dfs answers all, and says how it went', async () => {
    const { status, lines } = await explored(['--strategy', 'dfs', HOLDS]);

    expect(status).toBe(0);
    expect(lines.at(-1)).toContain('"strategy":{"name":"dfs"}');
  });

  it('bfs within a bound is incomplete as long as states lie beyond, and then holds', async () => {
    const few = await explored(['--max-switches', '0', HOLDS]);
    const many = await explored(['--max-switches', '9', HOLDS]);

    expect(few.status).toBe(20);
    expect(few.lines.at(-1)).toContain('"stoppedBy":{"limit":"context switches"');
    expect(many.status).toBe(0);
    expect(many.lines.at(-1)).toContain('"maxSwitches":9,"isCut":false');
  });

  it('names what walks cannot answer', async () => {
    const terminal = collect();
    const model = modelFile('bugs/toctou-unbind');
    await runCommandLine(['explore', '--strategy', 'random', '--runs', '10', model], terminal);

    expect(terminal.out()).toContain('not asked    recoverable dax0.0');
    expect(terminal.out()).toContain('INCOMPLETE: nothing found so far; this is no proof');
  });

  it.each([
    [['--seed', '1'], '--seed and --runs are for --strategy random and swarm'],
    [['--strategy', 'dfs', '--max-switches', '2'], '--max-switches is for --strategy bfs'],
    [['--strategy', 'dfs', '--reduce', 'por'], '--reduce does not go with --strategy dfs'],
    [['--max-switches', '2', '--lock-order'], '--lock-order does not go with --max-switches'],
    [['--strategy', 'luck'], 'Allowed choices are'],
    [['--strategy', 'random', '--seed', '-1'], 'Expected a whole number from 0'],
  ])('refuses %j, and says why', async (words, why) => {
    const terminal = collect();

    expect(await runCommandLine(['explore', ...words, HOLDS], terminal)).toBe(2);
    expect(terminal.error()).toContain(why);
  });
});
