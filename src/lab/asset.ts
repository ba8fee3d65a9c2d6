/** Files of the package that are shipped as they are: lab/ and models/. */
import { packageFile } from '../packageFile.js';
import { LabError } from './labError.js';

/** Returns the path of a file that every package has. */
export function shippedFile(name: string): string {
  const text = `${name} of the package is gone: install it again`;
  return packageFile(name, () => new LabError(text));
}

/** Returns the path of a file of lab/. */
export const assetOf = (name: string): string => shippedFile(`lab/${name}`);
