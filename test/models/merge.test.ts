/**
 * What the models of the merge say in their heads: which line of a script a missing commit stops,
 * and with which errno. The expected answers are those of the commits' own texts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore.js';
import { FEATURES } from '../../src/kernel/features.js';
import { loadModel } from '../../src/loadModel.js';
import type { Model } from '../../src/model/model.js';
import { run } from '../../src/run.js';

const FOLDER = fileURLToPath(new URL('../../models/bugs', import.meta.url));

function modelOf(name: string): Model {
  const loaded = loadModel(join(FOLDER, `${name}.yaml`));
  if (loaded.ok) return loaded.model;
  throw new Error(loaded.diagnostics.map(({ message }) => `${name}: ${message}`).join('\n'));
}

/** The answers of a model's script, line by line, as far as it gets. */
async function answersOf(name: string): Promise<readonly string[]> {
  const records = await run(modelOf(name), { debug: true });
  return records.filter(({ command }) => command !== '').map(({ result }) => result);
}

const MERGE = FEATURES.filter(({ since, effect }) => since === 'v5.1' && effect !== null);

const SCRIPTS: readonly (readonly [model: string, answers: readonly string[]])[] = [
  ['with-all-commits', ['ok', 'ok', 'ok', 'ok']],
  ['without-dax-bus', ['ENOENT']],
  ['without-common-pinning', ['ok', 'ok', 'ENOENT']],
  ['with-common-pinning', ['ok', 'ok', 'ok', 'ok']],
  ['without-override-driver', ['ok', 'ENOENT']],
  ['without-class-compat', ['ok', 'ok']],
  ['with-class-compat', ['ENODEV']],
  ['without-unique-node', ['ok', 'ok', 'ok', 'ok']],
  ['without-attach-on-new-id', ['ok', 'ok', 'ENOENT']],
  ['with-attach-on-new-id', ['ok', 'ok', 'ok', 'ok']],
  ['without-target-node-attr', ['ENOENT']],
  ['with-target-node-attr', ['ok', 'ok', 'ok']],
  ['without-modalias-attr', ['ENOENT']],
  ['with-modalias-attr', ['ok', 'ok']],
  ['without-walk-error-codes', ['ok', 'ok', 'EPERM']],
  ['without-memory-resource-children', ['ok', 'ok', 'ENOENT']],
  ['without-walk-ram-children', ['ok', 'ok', 'EINVAL']],
  ['without-kmem', ['ok', 'ENOENT']],
];

describe('the commits of the merge', () => {
  it.each(MERGE)('has a model of v5.1 without $id', ({ id }) => {
    expect(existsSync(join(FOLDER, `without-${id}.yaml`))).toBe(true);
    expect(modelOf(`without-${id}`).kernel.without).toContain(id);
  });

  it.each(SCRIPTS)('%s answers as its head says', async (name, answers) => {
    expect(await answersOf(name)).toEqual(answers);
  });
});

describe('new_id of one device', () => {
  it('brings memory of another one online in some interleaving', async () => {
    const verdict = await explore(modelOf('new-id-side-effect'), { workers: 1 });

    expect(verdict.vacuous).toEqual([]);
    expect(verdict.verdict).toBe('holds');
  });
});
