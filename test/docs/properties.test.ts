/** docs/properties.md against the table of properties, and against the models that it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROPERTIES } from '../../src/kernel/properties.js';
import { loadModel } from '../../src/loadModel.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const sections = new Map(
  readFileSync(join(ROOT, 'docs', 'properties.md'), 'utf8')
    .split(/^(?=## )/m)
    .flatMap((section) => {
      const name = /^## `([\w-]+)`$/m.exec(section)?.[1];
      return name === undefined ? [] : [[name, section] as const];
    }),
);

const CLASSES = {
  'kernel-defect': 'Kernel defect',
  script: 'Script finding',
  policy: 'Policy',
} as const;

const witnesses = [...sections].flatMap(([name, section]) =>
  [...(/^Broken by: ([^.]|\.(?=\w))*\.$/m.exec(section)?.[0] ?? '').matchAll(/`([^`]+)`/g)].map(
    ([, model]) => ({ name, model: model ?? '' }),
  ),
);

describe('docs/properties.md', () => {
  it('defines every property, in the order of the table', () => {
    expect([...sections.keys()]).toEqual(PROPERTIES.map(({ name }) => name));
  });

  it.each(PROPERTIES.map((row) => ({ ...row })))('says class and default of $name', (row) => {
    const first = sections.get(row.name)?.split('\n')[2] ?? '';
    expect(first).toMatch(new RegExp(`^${CLASSES[row.class]}`));
    expect(first).toContain(row.isDefault ? 'by default' : 'on request');
  });

  it('names a model for the defects that are known', () => {
    expect(witnesses.length).toBeGreaterThan(8);
  });

  it.each(witnesses)('names $model, which declares $name', ({ name, model }) => {
    const loaded = loadModel(join(ROOT, model));
    if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
    const { expect: declared } = loaded.model;
    expect([...(declared?.violated ?? []), ...(declared?.findings ?? [])]).toContain(name);
  });
});
