/** `--html` of explore and of show. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { decodeDocument, type ReportDocument } from '../../src/report/document.js';
import { collect } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VIOLATED = 'models/bugs/toctou-unbind.yaml';
const HOLDS = 'models/lifecycle/script-keeps-device.yaml';

function documentIn(file: string): ReportDocument {
  const html = readFileSync(file, 'utf8');
  const data = /<script type="application\/json" id="document">(.*)<\/script>/.exec(html);
  return decodeDocument(data?.[1] ?? '');
}

describe('explore --html', () => {
  it('writes one report of all models, and says where', async () => {
    const file = join(folder, 'both.html');
    const terminal = collect();
    const words = ['explore', '--quiet', '--html', file, VIOLATED, HOLDS];
    expect(await runCommandLine(words, terminal)).toBe(13);
    expect(terminal.error()).toBe(`daxcheck: report written to ${file}\n`);
    const { runs } = documentIn(file);
    expect(runs.map(({ verdict }) => verdict?.verdict)).toEqual(['violated', 'holds']);
    expect(runs.map(({ traces }) => traces.length)).toEqual([1, 0]);
    expect(terminal.out()).toContain(runs[1]?.text ?? '?');
  });

  it('has the order of locks where it was asked for', async () => {
    const file = join(folder, 'locks.html');
    const words = ['explore', '--quiet', '--lock-order', '--html', file, VIOLATED];
    expect(await runCommandLine(words, collect())).toBe(13);
    const sections = documentIn(file).runs[0]?.sections ?? [];
    const section = sections.find(({ id }) => id === 'lock-order');
    expect(section?.lines?.join('\n')).toContain('Order of locks');
  });

  it('ends with 153 where the file cannot be written', async () => {
    const terminal = collect();
    const above = join(folder, 'a file');
    writeFileSync(above, '');
    const file = join(above, 'report.html');
    expect(await runCommandLine(['explore', '--quiet', '--html', file, HOLDS], terminal)).toBe(153);
    expect(terminal.error()).toContain(above);
    expect(existsSync(file)).toBe(false);
  });
});

describe('show --html', () => {
  it('writes the report of a trace file', async () => {
    await runCommandLine(['explore', '--quiet', '--trace-dir', folder, VIOLATED], collect());
    const name = readdirSync(folder).find((entry) => entry.endsWith('.itf.json')) ?? '?';
    const file = join(folder, 'trace.html');
    const terminal = collect();
    expect(await runCommandLine(['show', join(folder, name), '--html', file], terminal)).toBe(0);
    expect(terminal.out()).toBe('');
    const [run] = documentIn(file).runs;
    expect(run?.verdict).toBeNull();
    expect(run?.traces[0]?.trace.steps).toHaveLength(18);
  });

  it('refuses what is no trace', async () => {
    const path = join(folder, 'broken.json');
    writeFileSync(path, '{');
    const file = join(folder, 'broken.html');
    const terminal = collect();
    expect(await runCommandLine(['show', path, '--html', file], terminal)).toBe(150);
    expect(terminal.error()).toContain('broken.json');
    expect(existsSync(file)).toBe(false);
  });
});
