/**
 * Which features a kernel function has to do with: those whose probe looks into it.
 */
import { FEATURES, type Feature } from '../kernel/features.js';
import { PROBES } from './probes.js';
import type { SourceTree } from './tree.js';

/** Asks every probe over a tree that notes which functions are asked for. */
function makeTable(): ReadonlyMap<string, readonly Feature[]> {
  const byId = new Map(FEATURES.map((feature) => [feature.id, feature]));
  const touched = new Map<string, Feature[]>();
  for (const [id, rule] of PROBES) {
    const feature = byId.get(id);
    if (feature === undefined) continue;
    const asked = new Set<string>();
    const tree: SourceTree = {
      has: () => true,
      text: () => '',
      body: (_paths, name) => {
        asked.add(name);
        return '';
      },
    };
    rule(tree);
    for (const name of asked) touched.set(name, [...(touched.get(name) ?? []), feature]);
  }
  return touched;
}

let table: ReadonlyMap<string, readonly Feature[]> | null = null;

/** Features that changed a function, in the order of the table. */
export function featuresTouching(name: string): readonly Feature[] {
  table ??= makeTable();
  return table.get(name) ?? [];
}
