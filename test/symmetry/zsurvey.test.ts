import { it } from 'vitest';
import { compileModel } from '/work/wt/sym/src/compile/scenario.js';
import { MODEL_FILES, modelNamed } from '/work/wt/sym/test/explore/models.ts';
it('survey', () => {
  for (const name of MODEL_FILES) {
    const { symmetry } = compileModel(modelNamed(name), { symmetry: true });
    const t = modelNamed(name);
    if (symmetry && (symmetry.renamings.length || symmetry.refused.length)) console.log(name, t.granularity, symmetry.renamings.length, JSON.stringify(symmetry.like), symmetry.refused.join(' | '));
  }
});
