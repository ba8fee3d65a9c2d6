/**
 * Numbers about a search that has ended: what its memory is used for, and how far lookups go.
 * Computed from the standing memory, so that no search pays for them.
 */
import {
  BUCKET_BYTES,
  BUCKET_SLOTS,
  CONTROL_ARENA,
  CONTROL_BUCKETS,
  CONTROL_FOUND,
  CONTROL_PACKED_BYTES,
  CONTROL_PARTS,
  CONTROL_PARTS_ARENA,
  CONTROL_PARTS_BUCKETS,
  CONTROL_PARTS_RESERVED,
  CONTROL_UNPACKED,
  PART_BYTES,
} from '../../assembly/search/layout.js';
import { type Control, partHoles } from './control.js';
import { mustBeSearched, type ServiceSetup } from './services.js';

/** What a search keeps, in bytes, by what it is for. */
export interface MemoryUse {
  /** Control block, scenario, workers' areas, levels: the same for any number of states. */
  readonly fixed: number;
  /** The states, packed or as they are. */
  readonly states: number;
  readonly table: number;
  /** Distinct parts of packed states, and their table; 0 where states are kept as they are. */
  readonly parts: number;
  readonly partsTable: number;
}

/** How full the table of states is, and how many slots a lookup reads. */
export interface Probes {
  readonly load: number;
  readonly mean: number;
  /** Of 99 lookups in 100 at most this many. */
  readonly percentile99: number;
  readonly most: number;
  /** States that were looked up for it. */
  readonly sampled: number;
}

export interface MemoryStats {
  readonly stateBytes: number;
  readonly packedBytes: number;
  /** Distinct parts of packed states. */
  readonly parts: number;
  readonly memory: MemoryUse;
  readonly probes: Probes;
}

const SAMPLED_MAX = 1 << 20;
/** Lengths that are told apart; none of a table that is in order comes near. */
const LENGTHS = 4096;

/** Computes them. Throws EngineError FAIL_USE before a search has ended. */
export function memoryStats(setup: ServiceSetup): MemoryStats {
  mustBeSearched(setup);
  const { control, engine } = setup;
  const found = control.read(CONTROL_FOUND);
  const packedBytes = control.read(CONTROL_PACKED_BYTES);
  const isPacked = control.read(CONTROL_PARTS) > 0;
  const parts = isPacked ? partsOf(control) : 0;
  const arena = isPacked ? control.read(CONTROL_PARTS_ARENA) : control.read(CONTROL_ARENA);
  return {
    stateBytes: engine.stateBytes() >>> 0,
    packedBytes,
    parts,
    memory: {
      fixed: arena,
      states: found * packedBytes,
      table: control.read(CONTROL_BUCKETS) * BUCKET_BYTES,
      parts: parts * PART_BYTES,
      partsTable: isPacked ? control.read(CONTROL_PARTS_BUCKETS) * BUCKET_BYTES : 0,
    },
    probes: probesOf(setup, found),
  };
}

/** Parts stored: places given out, less those of unfinished blocks. */
function partsOf(control: Control): number {
  const holes = partHoles(control).reduce((sum, [from, to]) => sum + to - from, 0);
  return control.read(CONTROL_PARTS_RESERVED) - holes;
}

function probesOf({ control, engine, memory }: ServiceSetup, found: number): Probes {
  const to = control.read(CONTROL_UNPACKED);
  const counts = new Uint32Array(memory.buffer, to, LENGTHS);
  counts.fill(0);
  const step = Math.max(1, Math.ceil(found / SAMPLED_MAX));
  engine.countProbes(0, step, to, LENGTHS);
  const sampled = counts.reduce((sum, count) => sum + count, 0);
  const slots = counts.reduce((sum, count, length) => sum + count * length, 0);
  return {
    load: found / (control.read(CONTROL_BUCKETS) * BUCKET_SLOTS),
    mean: sampled === 0 ? 0 : slots / sampled,
    percentile99: atPart(counts, sampled * 0.99),
    most: counts.reduce((most, count, length) => (count > 0 ? length : most), 0),
    sampled,
  };
}

/** The least length that so many lookups do not pass. */
function atPart(counts: Uint32Array, wanted: number): number {
  let passed = 0;
  return counts.findIndex((count) => {
    passed += count;
    return passed >= wanted;
  });
}
