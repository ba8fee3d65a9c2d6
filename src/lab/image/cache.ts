/**
 * The lab's folder on the host: kernels that were downloaded and agents that were compiled. What is
 * in it is whole: everything is made beside its place, and then renamed.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Where the lab keeps what it downloads, unless the user says otherwise. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment.XDG_CACHE_HOME;
  const base = given === undefined || given === '' ? join(homedir(), '.cache') : given;
  return join(base, 'daxcheck', 'lab');
}

/**
 * Makes a file or folder of the cache, unless it is there.
 *
 * @param make is given a folder to work in, and returns the path in it that becomes `place`.
 */
export async function keep(
  place: string,
  make: (folder: string) => Promise<string>,
): Promise<string> {
  if (existsSync(place)) return place;
  mkdirSync(dirname(place), { recursive: true });
  const folder = mkdtempSync(join(dirname(place), `.${basename(place)}-`));
  try {
    const made = await make(folder);
    // Another daxcheck may have been first: what it made is as good.
    if (!existsSync(place)) renameSync(made, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return place;
}
