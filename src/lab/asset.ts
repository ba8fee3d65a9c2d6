/** Files of the package that are shipped as they are: lab/ and models/. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LabError } from './labError.js';

/** Returns the path of a file of the package, from the bundle as from the source. */
export function packageFile(name: string): string {
  const places = ['../', '../../'].map((place) =>
    fileURLToPath(new URL(`${place}${name}`, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new LabError(`${name} of the package is gone: install it again`);
  return found;
}

/** Returns the path of a file of lab/. */
export const assetOf = (name: string): string => packageFile(`lab/${name}`);
