// Which steps a search took: by the instruction of the thread that moved, by the thread where it
// was at none, and by the program point that the step began at. Counted after the search by
// expanding the states once more; the search itself counts nothing.
import { enter, scratchState, systemScratch } from './control';
import { KernelSystem } from './kernel/system';
import {
  INSTRUCTION_IDLE,
  TALLY_BYTES,
  TALLY_INSTRUCTIONS,
  TALLY_POINTS,
  TALLY_THREADS,
  THREAD_INSTRUCTION_OFFSET,
  THREAD_PC_OFFSET,
} from './layout';
import { closeState, nextSuccessor, openState } from './search/successors';
import { lookAt, threadRecord } from './state';

/** Empties the tables; returns their address, good until something else uses the scratch memory. */
export function tallyBegin(): usize {
  enter(0);
  memory.fill(systemScratch(), 0, TALLY_BYTES);
  return systemScratch();
}

function count(at: usize, number: u32): void {
  const word = systemScratch() + at + ((<usize>number) << 3);
  store<u64>(word, load<u64>(word) + 1);
}

/** Counts the steps of states number `from` up to and without `to`. */
export function tallyRun(from: u32, to: u32): void {
  enter(0);
  changetype<KernelSystem>(0).stateBytes();
  const scratch = scratchState(0);
  for (let index = from; index < to; ++index) {
    const source = openState<KernelSystem>(index);
    for (;;) {
      const label = nextSuccessor<KernelSystem>(scratch);
      if (label < 0) break;
      const thread = <u32>label & 0xff;
      const started = (<u32>label >> 8) & 0xffff;
      lookAt(source);
      const record = threadRecord(thread);
      const instruction =
        started != 0 ? started - 1 : <u32>load<u16>(record, THREAD_INSTRUCTION_OFFSET);
      if (instruction < <u32>INSTRUCTION_IDLE) count(TALLY_INSTRUCTIONS, instruction);
      else count(TALLY_THREADS, thread);
      count(TALLY_POINTS, <u32>load<u16>(record, THREAD_PC_OFFSET));
    }
    closeState<KernelSystem>();
  }
}
