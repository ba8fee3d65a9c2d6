/** What every model of models/ declares. That it is met is the gate's work. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/loadModel.js';
import type { Model } from '../../src/model/model.js';

const FOLDER = fileURLToPath(new URL('../../models', import.meta.url));
/** Most states of a menu model that interleaves step by step. */
const STEP_STATES_MAX = 300_000;

function load(name: string): Model {
  const loaded = loadModel(join(FOLDER, name));
  if (loaded.ok) return loaded.model;
  throw new Error(loaded.diagnostics.map(({ message }) => `${name}: ${message}`).join('\n'));
}

const models = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('corpus.yaml'))
  .sort()
  .map((name) => ({ name, model: load(name) }));

const menus = models.filter(
  ({ model }) => model.granularity === 'step' && model.actors.some(({ kind }) => kind === 'any'),
);

describe('the models', () => {
  it.each(models)('$name declares verdict and exact counts', ({ model }) => {
    expect(model.expect).toMatchObject({
      states: expect.any(Number),
      transitions: expect.any(Number),
      depth: expect.any(Number),
    });
  });

  it.each(menus)('$name interleaves steps within the limit of the gate', ({ model }) => {
    expect(model.expect?.states).toBeLessThanOrEqual(STEP_STATES_MAX);
  });

  it('have a planted bug that is declared to be found', () => {
    expect(load('selfcheck/canary.yaml')).toMatchObject({
      kernel: { with: ['canary'] },
      expect: { violated: ['no-leak'] },
    });
  });
});
