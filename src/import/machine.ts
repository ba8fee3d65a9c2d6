/**
 * The machine that inputs make together, with where each part of it comes from.
 */
import type {
  BlockInitial,
  DriverName,
  IomemNode,
  OnlinePolicy,
  Place,
  Range,
} from '../model/model.js';

/** Where something comes from: a place, or an assumption in words. */
export type Origin = { readonly place: Place } | { readonly assumed: string };

export interface Known<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** Blocks `first` to `last`, by number. */
export interface ImportedBlocks {
  readonly first: number;
  readonly last: number;
  readonly initial: Known<BlockInitial>;
}

export interface ImportedDevice {
  readonly name: string;
  readonly ranges: Known<readonly Range[]>;
  readonly driver: Known<DriverName | null>;
  readonly targetNode: Known<number | null>;
  readonly align: Known<bigint>;
  /** Only on kmem; a part of them where they are not alike. */
  readonly blocks: Known<BlockInitial | readonly ImportedBlocks[]> | null;
  /** What kmem or device_dax have claimed, as the listing shows it. */
  readonly claimed: { readonly range: Range; readonly isKmem: boolean; place: Place } | null;
  /** null: a static region of its own. */
  readonly region: ImportedRegion | null;
  /** The namespace beneath a static one. */
  readonly namespace: { readonly name: string; readonly range: Range } | null;
}

/** A dynamic region. */
export interface ImportedRegion extends Range {
  readonly name: string;
}

export interface ImportedMachine {
  /** The value of `kernel:` in a model. */
  readonly kernel: Known<string>;
  readonly blockSize: Known<bigint | 'auto'>;
  readonly policy: Known<OnlinePolicy>;
  readonly memmapOnMemory: Known<boolean> | null;
  readonly movableNode: boolean;
  readonly iomem: readonly IomemNode[];
  readonly listing: Origin;
  readonly devices: readonly ImportedDevice[];
  /** Text of udev rules, in the order in which udev takes them. */
  readonly rules: readonly { readonly text: string; readonly place: Place }[];
  /** Files of rules that no model can read. */
  readonly rulesLeftOut: readonly string[];
}

/** Tells a place or an assumption. */
export function shownOrigin(origin: Origin): string {
  if ('assumed' in origin) return `assumed: ${origin.assumed}`;
  const { file, line } = origin.place;
  return file.startsWith('--') ? file : `${file}:${line}`;
}
