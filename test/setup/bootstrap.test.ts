/** The first command on a fresh clone: when it installs, and what the package promises npm. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { missingInstall } from '../../scripts/bootstrap.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'daxcheck-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Packages = Record<string, { version: string; optional?: boolean }>;

/** Makes a project whose lock file and node_modules name these packages. */
function project(wanted: Packages, present: Packages | null): string {
  const root = mkdtempSync(join(folder, 'project-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (present === null) return root;
  mkdirSync(join(root, 'node_modules'));
  const hidden = join(root, 'node_modules', '.package-lock.json');
  writeFileSync(hidden, JSON.stringify({ packages: present }));
  return root;
}

describe('the bootstrap', () => {
  const a = { 'node_modules/a': { version: '1.0.0' } };

  it('installs where node_modules is missing', () => {
    expect(missingInstall(project(a, null))).toBe('node_modules is missing');
  });

  it('installs nothing where every version is the locked one', () => {
    const root = project({ '': { version: '0.1.0' }, ...a }, a);
    expect(missingInstall(root)).toBeNull();
  });

  it('installs where a version differs from the lock file', () => {
    const root = project(a, { 'node_modules/a': { version: '1.0.1' } });
    expect(missingInstall(root)).toBe('node_modules/a is not 1.0.0');
  });

  it('installs where a package is missing', () => {
    expect(missingInstall(project(a, {}))).toBe('node_modules/a is not 1.0.0');
  });

  it('does not miss an optional package of another platform', () => {
    const root = project({ 'node_modules/a': { version: '1.0.0', optional: true } }, {});
    expect(missingInstall(root)).toBeNull();
  });
});

describe('the package', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

  it('pins every dependency to one version', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('has a lock file that names no host', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });

  it('offers the command and the library', () => {
    expect(manifest.bin).toEqual({ daxcheck: 'dist/cli.js' });
    expect(manifest.exports['.'].default).toBe('./dist/index.mjs');
    expect(manifest.engines.node).toBe('>=20');
  });

  it('has a complete licence', () => {
    const licence = readFileSync(join(ROOT, 'LICENSE'), 'utf8');
    expect(licence).toContain('Apache License');
    expect(licence).toContain('END OF TERMS AND CONDITIONS');
  });
});
