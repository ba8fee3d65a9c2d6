/** What every model of models/ declares. That it is met is the gate's work. */
import { describe, expect, it } from 'vitest';
import { MODEL_FILES, modelNamed } from '../explore/models.js';

/** Most states of a menu model that interleaves step by step. */
const STEP_STATES_MAX = 300_000;

const models = MODEL_FILES.map((name) => ({ name, model: modelNamed(name) }));

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
    expect(modelNamed('selfcheck/canary.yaml')).toMatchObject({
      kernel: { with: ['canary'] },
      expect: { violated: ['no-leak'] },
    });
  });
});
