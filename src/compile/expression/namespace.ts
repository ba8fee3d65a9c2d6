/**
 * The objects of a model that an expression can name: devices, blocks, drivers, threads.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { type Extent, OBSERVED_DRIVERS, type ObservedObject } from '../../kernel/observables.js';
import { suggestion } from '../../model/suggest.js';
import type { Plan } from '../universe.js';
import type { Compiling } from './compile.js';
import { listTerm, type ObservedTerm, type Term } from './terms.js';

/** What expressions are checked against. */
export interface Namespace {
  readonly extent: Extent;
  /** Names that have a bit in the drivers' sets of ids. */
  readonly ids: readonly string[];
  /** All objects of a kind, in the order of their numbers. */
  readonly all: (object: ObservedObject) => readonly ObservedTerm[];
  readonly object: (
    object: ObservedObject,
    name: string,
    node: ASTNode,
    context: Pick<Compiling, 'fault'>,
  ) => Term;
  /** The device whose range a block lies in. */
  readonly ownerOf: (block: number) => string;
  /** N of memoryN. */
  readonly numberOf: (block: number) => number;
}

/** Collects the names of a model; `threads` in the order of their numbers. */
export function makeNamespace(
  plan: Plan,
  threads: readonly string[],
  ids: readonly string[],
): Namespace {
  const names: { readonly [O in ObservedObject]: readonly string[] } = {
    device: plan.devices.map(({ name }) => name),
    block: plan.blocks.map(({ index }) => `memory${index}`),
    driver: OBSERVED_DRIVERS,
    thread: threads,
    machine: [],
  };
  const termOf = (object: ObservedObject, index: number): ObservedTerm => ({
    kind: 'object',
    object,
    index,
    name: names[object][index] ?? '?',
  });
  return {
    extent: {
      devices: plan.devices.length,
      blocks: plan.blocks.length,
      threads: threads.length,
      rangeMax: plan.rangeMax,
    },
    ids,
    all: (object) => names[object].map((_, index) => termOf(object, index)),
    object: (object, name, node, { fault }) => {
      const index = names[object].indexOf(name);
      if (index >= 0) return termOf(object, index);
      const hint = suggestion(name, names[object]);
      return fault('DAX321', node, `no ${object} of this model is named \`${name}\``, hint);
    },
    ownerOf: (block) => {
      const number = plan.blocks[block]?.index ?? -1;
      return plan.universe.devices.find(({ blocks }) => blocks.includes(number))?.name ?? '';
    },
    numberOf: (block) => plan.blocks[block]?.index ?? -1,
  };
}

/** A collection of the model as a list. */
export function collection(namespace: Namespace, object: ObservedObject): Term {
  return listTerm(namespace.all(object), object);
}
