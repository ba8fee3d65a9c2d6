/**
 * What to do where no input tells of a dax device, by what the inputs do tell: persistent memory,
 * regions, CXL windows, or nothing that could show one.
 */
import type { IomemNode, Place } from '../model/model.js';
import { type Facts, refuse } from './facts.js';

const PMEM = /^(Persistent Memory|namespace[0-9])/;
const REGION = /^(hmem\.[0-9]+|dax_region[0-9]+|region[0-9]+|Soft Reserved)/;
const WINDOW = /^CXL Window/;

const LIST = '`daxctl list -RDM` tells of dax devices';

const hasLine = (nodes: readonly IomemNode[], name: RegExp): boolean =>
  nodes.some((node) => name.test(node.name) || hasLine(node.children, name));

function adviceFor(facts: Facts): string {
  const nodes = facts.listing?.value ?? [];
  if (facts.namespaces.length > 0 || hasLine(nodes, PMEM)) {
    const make = '`ndctl create-namespace -m devdax` makes one, and loses the data';
    return `persistent memory is there: ${LIST}; where a namespace has none, ${make}`;
  }
  if (facts.regions.length > 0 || facts.cxlRegions.length > 0 || hasLine(nodes, REGION)) {
    return `a region is there: ${LIST}; where it has none, \`daxctl create-device\` makes one`;
  }
  if (hasLine(nodes, WINDOW)) {
    return 'CXL windows are there: create a region first (cxl create-region)';
  }
  return facts.listing === null
    ? 'these inputs show none: give --iomem, read as root, or --daxctl with `daxctl list -RDM`'
    : 'nothing in the listing could have one: plain System RAM is not switched';
}

/** Refuses a machine without any dax device. */
export function nothingToModel(facts: Facts, place: Place): void {
  refuse(facts, 'DAX514', place, 'no input tells of a dax device', { advice: adviceFor(facts) });
}
