/**
 * What a listing of /proc/iomem tells beyond its tree: which dax devices have claimed what.
 */

import { BLOCK_BYTES_MIN } from '../model/blockSize.js';
import { parseIomem } from '../model/iomem.js';
import type { IomemNode, Range } from '../model/model.js';
import { formatRange } from '../model/quantity.js';
import { DEVICE_PATTERN } from '../model/schema.js';
import { type Facts, refuse, warn } from './facts.js';

/** Characters of the longest line that is read; names of resources are short. */
const LINE_MAX = 1000;

/** A device's line of the listing. */
export interface Claim {
  readonly name: string;
  readonly node: IomemNode;
  /** From the top level down. */
  readonly above: readonly IomemNode[];
  /** System RAM beneath: kmem has it; else device_dax, which claims all of the device. */
  readonly isKmem: boolean;
}

const isRam = (node: IomemNode): boolean => /^System RAM( \(kmem\))?$/.test(node.name);

/** Finds the lines of dax devices. */
export function claimsOf(nodes: readonly IomemNode[], above: readonly IomemNode[] = []): Claim[] {
  return nodes.flatMap((node) => {
    const inside = claimsOf(node.children, [...above, node]);
    if (!DEVICE_PATTERN.test(node.name)) return inside;
    return [{ name: node.name, node, above, isKmem: node.children.some(isRam) }, ...inside];
  });
}

const visit = (nodes: readonly IomemNode[], look: (node: IomemNode) => void): void => {
  for (const node of nodes) {
    look(node);
    visit(node.children, look);
  }
};

const isAligned = ({ start, end }: Range, grain: bigint): boolean =>
  start % grain === 0n && (end + 1n) % grain === 0n;

/** Reads a listing. */
export function readListing(text: string, file: string, facts: Facts): void {
  const place = { file, line: 1, column: 1 };
  const long = text.split('\n').findIndex((line) => line.length > LINE_MAX);
  if (long >= 0) {
    const limit = `lines of ${LINE_MAX} characters`;
    refuse(facts, 'DAX518', { ...place, line: long + 1 }, 'found a longer line', { limit });
    return;
  }
  const { nodes, diagnostics, warnings } = parseIomem(text.replaceAll('\r\n', '\n'), place);
  facts.faults.push(...diagnostics);
  facts.warnings.push(...warnings);
  if (diagnostics.length > 0) return;
  visit(nodes, (node) => {
    if (node.name !== '') return;
    const message = `\`${formatRange(node)}\` has no name`;
    warn(facts, 'DAX513', node.place, message);
  });
  for (const claim of claimsOf(nodes)) {
    if (!claim.isKmem || isAligned(claim.node, BLOCK_BYTES_MIN)) continue;
    const message = `kmem has \`${formatRange(claim.node)}\` of \`${claim.name}\``;
    warn(facts, 'DAX515', claim.node.place, message);
  }
  facts.listing = { value: nodes, place };
}
