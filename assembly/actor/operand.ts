// The operands of an instruction: strings, variables, objects, and what a string means to a file.
import {
  BLOCK_ROW_STRING_OFFSET,
  DEVICE_ROW_STRING_OFFSET,
  File,
  Header,
  INSTRUCTION_BYTES,
  INSTRUCTION_OBJECT_OFFSET,
  OBJECT_EVENT,
  THREAD_EVENT_OFFSET,
  THREAD_ROW_VARIABLE_OFFSET,
  THREAD_STATUS_OFFSET,
  VALUE_EVENT,
  VALUE_VARIABLE,
} from '../layout';
import { header, table } from '../scenario';
import { blockRow, blocks, deviceRow, me, th, threadRow, variable } from '../state';

export function instruction(index: u32): usize {
  return table(Header.InstructionTable) + <usize>index * INSTRUCTION_BYTES;
}

export function setStatus(status: u32): void {
  store<u8>(th, status, THREAD_STATUS_OFFSET);
}

export function variableAt(number: u32): usize {
  return variable(<u32>load<u8>(threadRow(me), THREAD_ROW_VARIABLE_OFFSET) + number);
}

/** Returns the string number of an operand. */
export function text(operand: u32): u32 {
  if (operand == VALUE_EVENT) {
    const about = <u32>load<u8>(th, THREAD_EVENT_OFFSET);
    if (about < blocks()) return load<u8>(blockRow(about), BLOCK_ROW_STRING_OFFSET);
    return load<u8>(deviceRow(about - blocks()), DEVICE_ROW_STRING_OFFSET);
  }
  if (operand >= <u32>VALUE_VARIABLE) return load<u8>(variableAt(operand - VALUE_VARIABLE));
  return operand;
}

/** What a string means to a file. */
export function codeFor(file: File, operand: u32): u32 {
  const at = <u32>file * header(Header.StringCount) + text(operand);
  return load<u16>(table(Header.ValueTable) + ((<usize>at) << 1));
}

export function object(at: usize): u32 {
  const number = <u32>load<u8>(at, INSTRUCTION_OBJECT_OFFSET);
  return number == OBJECT_EVENT ? load<u8>(th, THREAD_EVENT_OFFSET) : number;
}
