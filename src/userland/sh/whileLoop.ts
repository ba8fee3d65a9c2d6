/**
 * `while` and `until`.
 *
 * A loop is compiled once for each environment in which its head is reached, and jumps back where
 * an environment comes again. So a counter unrolls to its bound, a plain retry loop stays one loop,
 * and a counter without a bound is a fault.
 */
import type { While } from 'unbash';
import type { Label } from '../builder.js';
import { type Context, emit, type Flow, report, withStatus } from './context.js';
import { branch, compileList, deadContext, loopStatus } from './control.js';
import { type Environment, environmentKey, joinAll } from './environment.js';

/** Most copies of one loop. */
export const LOOP_COPIES_MAX = 64;

/** Compiles a loop; see the head of this file. */
export function compileWhile(
  context: Context,
  node: While,
  start: Environment,
  flow: Flow,
): Environment | null {
  const exit = context.builder.label();
  const breakLabel = context.builder.label();
  const heads = new Map<string, Label>();
  const exits: Environment[] = [];
  const breaks: Environment[] = [];
  // The status at the head is that of the last round's body, 0 before the first.
  let head: Environment | null = withStatus(start, 0);
  while (head !== null) {
    const key = environmentKey(head);
    const known = heads.get(key);
    if (known !== undefined) {
      emit(context, node, { op: 'jump', to: known });
      break;
    }
    if (heads.size >= LOOP_COPIES_MAX) {
      const suggestion = `a counter must reach its end within ${LOOP_COPIES_MAX} rounds`;
      report(context, 'DAX214', node, 'this loop changes a constant in every round', {
        suggestion,
      });
      // What follows is read as if the loop ended, for its own faults.
      exits.push(head);
      break;
    }
    const label = context.builder.label();
    context.builder.mark(label);
    heads.set(key, label);
    head = compileRound(context, node, head, { flow, exit, exits, breakLabel, breaks });
  }
  context.builder.mark(exit);
  const left = joinAll(exits);
  const after = left === null ? null : loopStatus(context, node, left);
  context.builder.mark(breakLabel);
  return joinAll(after === null ? breaks : [after, ...breaks]);
}

interface Round {
  readonly flow: Flow;
  readonly exit: Label;
  readonly exits: Environment[];
  readonly breakLabel: Label;
  readonly breaks: Environment[];
}

/** Compiles condition and body once; returns what is known where the next round begins. */
function compileRound(
  context: Context,
  node: While,
  head: Environment,
  round: Round,
): Environment | null {
  const { flow, exit, exits } = round;
  const tested = compileList(context, node.clause.commands, head, { ...flow, tested: true });
  if (tested === null) {
    compileList(deadContext(context), node.body.commands, head, flow);
    return null;
  }
  const { ifOk, ifFailed } = branch(context, node.clause, tested);
  const until = node.kind === 'until';
  const [enter, leave] = until ? [ifFailed, ifOk] : [ifOk, ifFailed];
  if (leave !== null) {
    exits.push(withStatus(leave, head.status));
    const op = until ? 'jump-if-ok' : 'jump-if-failed';
    emit(context, node.clause, { op: enter === null ? 'jump' : op, to: exit });
  }
  const here = enter === null ? deadContext(context) : context;
  const frame = {
    breakLabel: round.breakLabel,
    continueLabel: here.builder.label(),
    breaks: enter === null ? [] : round.breaks,
    continues: [],
  };
  const inner = { ...flow, loops: [...flow.loops, frame] };
  const after = compileList(here, node.body.commands, enter ?? tested, inner);
  here.builder.mark(frame.continueLabel);
  if (enter === null) return null;
  return joinAll(after === null ? frame.continues : [after, ...frame.continues]);
}
