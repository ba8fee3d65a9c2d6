/**
 * `loadModel` as users call it: the file is checked against the kernels and features that are
 * modelled.
 */
import { FEATURES, PLANTED, RELEASES } from './kernel/features.js';
import { type LoadResult, loadModel as loadWith } from './model/load.js';

/**
 * Reads and checks a model file.
 *
 * @param path of a YAML file; files that it names are relative to it.
 * @returns the model, or every fault of the file with its place.
 */
export function loadModel(path: string): LoadResult {
  return loadWith(path, {
    releases: RELEASES.map((release) => release.name),
    features: [...FEATURES, ...PLANTED].map((feature) => feature.id),
  });
}
