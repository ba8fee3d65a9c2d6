/**
 * Guests for tests: whether one can be had here, and what it is booted from. Where none can be had
 * the reason is printed, once, and the tests are skipped; in CI they run, and fail.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cacheFolder } from '../../src/lab/image/cache.js';
import { findKernel } from '../../src/lab/image/findKernel.js';
import { labNeeds } from '../../src/lab/image/needs.js';
import { missingPrograms, type ProgramName } from '../../src/lab/image/programs.js';
import { LabError } from '../../src/lab/labError.js';
import { type Bench, prepare } from '../../src/lab/up.js';
import type { Model } from '../../src/model/model.js';

/** A series of kernels that Debian packages. */
export type Series = '6.1' | '6.12';

/** What the tests share: kernels are downloaded and agents compiled once. */
export const LAB_CACHE = cacheFolder();

/** Until a guest is there; the first time, its kernel is downloaded. */
export const SETUP_MILLISECONDS = 600_000;

/** Why no guest with such a kernel can be had here; null where one can. */
async function obstacleTo(version: Series, more: readonly ProgramName[]): Promise<string | null> {
  const request = { kind: 'debian', version } as const;
  const missing = missingPrograms([...more, ...labNeeds(request, LAB_CACHE)]);
  if (missing.length > 0) return missing.join('; ');
  try {
    await findKernel(request, { cache: LAB_CACHE });
    return null;
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
}

/**
 * Whether tests with a guest are to be skipped here, which is printed with the reason. Never in CI.
 *
 * @param what the tests, as the line names them.
 * @param more programs that they take besides those of every guest.
 */
export async function lacksGuest(
  what: string,
  version: Series,
  more: readonly ProgramName[] = ['cc'],
): Promise<boolean> {
  if (process.env.CI !== undefined) return false;
  const reason = await obstacleTo(version, more);
  if (reason !== null) process.stdout.write(`skipped: ${what} on ${version}: ${reason}\n`);
  return reason !== null;
}

/** Gets ready what guests for a model are booted from; the model's own kernel predicts. */
export function benchFor(model: Model, version: Series): Promise<Bench> {
  return prepare(model, {
    kernel: { kind: 'debian', version },
    ...{ cache: LAB_CACHE, accelerator: 'tcg', predicts: 'model' },
  });
}

/** Guests of this process that still run. */
export function guestsLeft(): readonly string[] {
  const tasks = `/proc/${process.pid}/task`;
  const children = readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  const names = children.map((child) => readFileSync(`/proc/${child}/comm`, 'utf8').trim());
  return names.filter((name) => name.startsWith('qemu'));
}
