/**
 * Where the package's own files are that no program imports: the engine, the page, programs of
 * threads, what lab/ takes along.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Returns the path of a file of the package, such as `build/engine.wasm`.
 *
 * @param missing makes what is thrown where there is none of the places that were looked at.
 */
export function packageFile(name: string, missing: (places: string) => Error): string {
  // The package begins above src/ and dist/, and two above the programs in build/bench/.
  const places = ['../', '../../'].map((up) =>
    fileURLToPath(new URL(`${up}${name}`, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw missing(places.join(' or '));
  return found;
}
