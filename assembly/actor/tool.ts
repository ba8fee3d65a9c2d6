// What a tool does between its calls: counts, compares, prints, answers with a number; and what is
// kept of what a file said.
import { fail } from '../fail';
import {
  CODE_NO_SUCH,
  File,
  Header,
  INSTRUCTION_BYTES,
  INSTRUCTION_OTHER_OFFSET,
  INSTRUCTION_SUB_OFFSET,
  INSTRUCTION_VALUE_OFFSET,
  Observation,
  Op,
  Relation,
  Text,
  THREAD_STATUS_OFFSET,
} from '../layout';
import { observe } from '../observe';
import { header, table } from '../scenario';
import { FAIL_INSTRUCTION, me, RETURNED_POINT, returnedText, th } from '../state';
import { codeFor, instruction, setStatus, variableAt } from './operand';

/**
 * Does what a tool does between its calls. Counters are plain bytes of their variables; the exit
 * status of a tool that ends with -errno is that number's low byte.
 */
export function toolLocal(op: Op, at: usize): bool {
  const status = <u32>load<u8>(th, THREAD_STATUS_OFFSET);
  const value = <u32>load<u16>(at, INSTRUCTION_VALUE_OFFSET);
  const other = <u32>load<u16>(at, INSTRUCTION_OTHER_OFFSET);
  switch (op) {
    case Op.Count: {
      const counter = variableAt(other);
      store<u8>(counter, load<u8>(counter) + 1);
      return true;
    }
    case Op.Less: {
      setStatus(load<u8>(variableAt(value)) < load<u8>(variableAt(other)) ? 0 : 1);
      return true;
    }
    case Op.Tell: {
      observe(Observation.Tell, ((at - instruction(0)) as u32) / INSTRUCTION_BYTES, me, 0);
      return true;
    }
    case Op.Negate: {
      setStatus((256 - status) & 0xff);
      return true;
    }
    case Op.Keep: {
      store<u8>(variableAt(other), status);
      return true;
    }
    case Op.Recall: {
      setStatus(load<u8>(variableAt(other)));
      return true;
    }
    case Op.Compare: {
      setStatus(compare(at) ? 0 : 1);
      return true;
    }
    case Op.StatusIs: {
      setStatus(status == value ? 0 : 1);
      return true;
    }
    default:
      return false;
  }
}

/** Compares two operands as numbers; what is none fails. */
function compare(at: usize): bool {
  const left = codeFor(File.DeviceSize, load<u16>(at, INSTRUCTION_VALUE_OFFSET));
  const right = codeFor(File.DeviceSize, load<u16>(at, INSTRUCTION_OTHER_OFFSET));
  if (left >= <u32>CODE_NO_SUCH || right >= <u32>CODE_NO_SUCH) return false;
  const relation: Relation = load<u8>(at, INSTRUCTION_SUB_OFFSET);
  if (relation == Relation.Equal) return left == right;
  if (relation == Relation.NotEqual) return left != right;
  if (relation == Relation.Less) return left < right;
  if (relation == Relation.LessOrEqual) return left <= right;
  return relation == Relation.Greater ? left > right : left >= right;
}

/**
 * The string that a read gave. A number is one of the strings that the scenario has for it where
 * the program keeps it, and no text where nobody asks.
 */
export function keptText(isNumberKept: bool): u32 {
  const count = header(Header.StringCount);
  if (returnedText < count) return returnedText;
  if (!isNumberKept) return Text.Empty;
  const row = table(Header.ValueTable) + ((<usize>(<u32>File.Number * count)) << 1);
  for (let index: u32 = 0; index < count; index++) {
    if (load<u16>(row + ((<usize>index) << 1)) == returnedText - RETURNED_POINT) return index;
  }
  fail(FAIL_INSTRUCTION);
  return Text.Empty;
}
