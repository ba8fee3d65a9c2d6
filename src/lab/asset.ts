/** The files that are shipped as they are: lab/ of the package. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LabError } from './labError.js';

/** Returns the path of a file of lab/, from the source as from the bundle. */
export function assetOf(name: string): string {
  const places = ['../../lab/', '../lab/'].map((place) =>
    fileURLToPath(new URL(`${place}${name}`, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new LabError(`lab/${name} of the package is gone: install it again`);
  return found;
}
