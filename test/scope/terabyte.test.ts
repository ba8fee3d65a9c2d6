/** The machine of a terabyte in examples/scripts is what its listing, daxctl and lsmem say. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { collect } from '../cli/terminal.ts';

const FILES = 'examples/scripts/cxl-1tib';

it('is imported as it stands there, and explore is said to cut it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daxcheck-terabyte-'));
  const output = join(folder, 'machine.yaml');
  const read = ['--iomem', `${FILES}.iomem`, '--lsmem', `${FILES}.lsmem`];
  const terminal = collect();
  const status = await runCommandLine(
    ['import', ...read, '--daxctl', `${FILES}.daxctl.json`, '--kernel', '6.12', '-o', output],
    terminal,
  );
  const text = readFileSync(output, 'utf8');
  rmSync(folder, { recursive: true });

  expect(status).toBe(0);
  expect(text).toBe(readFileSync(`${FILES}.yaml`, 'utf8'));
  expect(terminal.error()).toContain('DAX309: dax0.0 has 4096 memory blocks, of which 3 are kept');
});
