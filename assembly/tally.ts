// Which steps a search took: by the instruction of the thread that moved, by the thread where it
// was at none, and by the program point that the step began at. Counted after the search by
// expanding the states once more; the search itself counts nothing. With `through`, every program
// point that a step passes counts, and not only the one that it began at.
import { enter, scratchState, systemScratch } from './control';
import { KernelSystem } from './kernel/system';
import {
  INSTRUCTION_IDLE,
  OBSERVATION_BYTES,
  OBSERVATION_RECORDS_OFFSET,
  Observation,
  TALLY_BYTES,
  TALLY_INSTRUCTIONS,
  TALLY_POINTS,
  TALLY_THREADS,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
} from './layout';
import { record } from './observe';
import { CONTROL_UNPACKED } from './search/layout';
import { closeState, nextSuccessor, openState } from './search/successors';
import { lookAt, threadRecord } from './state';

/** Where the tables are: the room for unpacked states. Reductions keep answers in the scratch. */
function tables(): usize {
  return <usize>load<u32>(CONTROL_UNPACKED);
}

/** Empties the tables; returns their address, good until states are unpacked. */
export function tallyBegin(): usize {
  memory.fill(tables(), 0, TALLY_BYTES);
  return tables();
}

function count(at: usize, number: u32): void {
  const word = tables() + at + ((<usize>number) << 3);
  store<u64>(word, load<u64>(word) + 1);
}

/** Counts the program points that the step just recorded has passed. */
function countPassed(): void {
  const records = load<u32>(systemScratch());
  for (let index: u32 = 0; index < records; ++index) {
    const at = systemScratch() + OBSERVATION_RECORDS_OFFSET + <usize>index * OBSERVATION_BYTES;
    if (load<u32>(at) == Observation.Function) count(TALLY_POINTS, load<u32>(at, 4));
  }
}

/** Counts the steps of states number `from` up to and without `to`. */
export function tallyRun(from: u32, to: u32, through: bool): void {
  enter(0);
  changetype<KernelSystem>(0).stateBytes();
  const scratch = scratchState(0);
  for (let index = from; index < to; ++index) {
    const source = openState<KernelSystem>(index);
    for (;;) {
      if (through) record(true);
      const label = nextSuccessor<KernelSystem>(scratch);
      if (label < 0) break;
      const thread = <u32>label & 0xff;
      const started = (<u32>label >> 8) & 0xffff;
      lookAt(source);
      const mover = threadRecord(thread);
      const instruction =
        started != 0 ? started - 1 : <u32>load<u16>(mover, THREAD_INSTRUCTION_OFFSET);
      if (instruction < <u32>INSTRUCTION_IDLE) count(TALLY_INSTRUCTIONS, instruction);
      else count(TALLY_THREADS, thread);
      if (through) countPassed();
      else count(TALLY_POINTS, <u32>load<u16>(mover, THREAD_PC_OFFSET));
    }
    closeState<KernelSystem>();
  }
  if (through) record(false);
}
