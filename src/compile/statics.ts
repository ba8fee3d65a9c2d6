/**
 * The boot tree as the engine's static nodes: pre-order, numbered from 1, with parent, next
 * sibling, first child.
 *
 * Nodes that dax drivers made (daxX.Y, namespaceX.Y and what lies beneath them) are left out: they
 * are slots of the state, made from what the model declares.
 */
import {
  RESOURCE_BUSY,
  RESOURCE_MEM,
  RESOURCE_PRESENT,
  RESOURCE_SYSRAM,
  STATIC_BYTES,
  STATIC_MAX,
} from '../../assembly/layout.js';
import { type Diagnostic, diagnose } from '../errors.js';
import type { IomemNode, Range } from '../model/model.js';
import { makeBytes } from './bytes.js';

export interface StaticNode extends Range {
  readonly name: string;
  /** Number from 1; its parent's, or 0 for the root. */
  readonly number: number;
  readonly parent: number;
  readonly depth: number;
  readonly flags: number;
  readonly next: number;
  readonly child: number;
}

const MADE_BY_DAX = /^(dax|namespace)\d+\.\d+$/;

/** Ranges that firmware or a bus publishes and that a driver may claim beneath. */
const NOT_BUSY = [
  /^Persistent Memory( \(legacy\))?$/,
  /^(Soft |Application )?Reserved$/i,
  /^(CXL Window |region|hmem\.)\d+$/,
  /^PCI Bus /,
];

/** Flags that the kernel gives a node of this name. Source: arch/x86/kernel/e820.c, v5.1. */
export function flagsOf(name: string): number {
  const memory = RESOURCE_PRESENT | RESOURCE_MEM;
  if (/^System RAM/.test(name)) return memory | RESOURCE_SYSRAM | RESOURCE_BUSY;
  if (/^Kernel (code|data|bss|rodata)$/.test(name)) return memory | RESOURCE_SYSRAM | RESOURCE_BUSY;
  return NOT_BUSY.some((pattern) => pattern.test(name)) ? memory : memory | RESOURCE_BUSY;
}

type Draft = { -readonly [K in keyof StaticNode]: StaticNode[K] };

/** Numbers the nodes of the boot tree. */
export function planStatics(roots: readonly IomemNode[]): {
  nodes: readonly StaticNode[];
  diagnostics: readonly Diagnostic[];
} {
  const nodes: Draft[] = [];
  const diagnostics: Diagnostic[] = [];
  const visit = (siblings: readonly IomemNode[], parent: number, depth: number): number => {
    let previous: Draft | null = null;
    let first = 0;
    for (const node of siblings) {
      if (MADE_BY_DAX.test(node.name)) continue;
      const number = nodes.length + 1;
      const draft: Draft = {
        start: node.start,
        end: node.end,
        name: node.name,
        number,
        parent,
        depth,
        flags: flagsOf(node.name),
        next: 0,
        child: 0,
      };
      nodes.push(draft);
      if (first === 0) first = number;
      if (previous !== null) previous.next = number;
      previous = draft;
      draft.child = visit(node.children, number, depth + 1);
    }
    return first;
  };
  visit(roots, 0, 0);
  const place = roots[0]?.place;
  if (nodes.length > STATIC_MAX && place !== undefined) {
    const message = `the listing has ${nodes.length} nodes`;
    diagnostics.push(diagnose('DAX303', place, message, { limit: `${STATIC_MAX}` }));
  }
  return { nodes, diagnostics };
}

/** The table of static nodes. */
export function encodeStatics(nodes: readonly StaticNode[]): Uint8Array {
  const bytes = makeBytes();
  for (const [index, node] of nodes.entries()) {
    bytes.u64(node.start);
    bytes.u64(node.end);
    bytes.u16(node.parent);
    bytes.u16(node.next);
    bytes.u16(node.child);
    bytes.u8(node.flags);
    bytes.fillTo((index + 1) * STATIC_BYTES);
  }
  return bytes.done();
}

/** The deepest node that is not busy and contains a range; 0 is the root. */
export function parentOf(nodes: readonly StaticNode[], range: Range): number {
  let parent = 0;
  for (const node of nodes) {
    const holds = node.start <= range.start && node.end >= range.end;
    if (holds && node.parent === parent && (node.flags & RESOURCE_BUSY) === 0) parent = node.number;
  }
  return parent;
}
