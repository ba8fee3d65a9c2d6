/**
 * A model that this layer cannot accept: an error that carries every fault at once.
 */
import type { Diagnostic } from '../errors.js';

export interface ModelRejection extends Error {
  readonly diagnostics: readonly Diagnostic[];
}

/** Makes the error; the command line prints its diagnostics and ends with status 150. */
export function rejection(diagnostics: readonly Diagnostic[]): ModelRejection {
  const error = new Error(diagnostics.map(({ message }) => message).join('; '));
  return Object.assign(error, { name: 'ModelRejection', diagnostics });
}
