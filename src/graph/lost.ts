/**
 * States of a walk in which a device is lost for good: `recoverable` is violated in each of them,
 * not only in the one that a counterexample ends in.
 */
import type { Scenario } from '../compile/scenario.js';
import type { Engine } from '../engine/engine.js';
import { isLostIn } from '../verdict/recoverable.js';
import type { Walk } from './walk.js';

/** Marks the states from which a wanted one can be reached; a state without its steps counts. */
function reaching({ states }: Walk, isWanted: readonly boolean[]): Uint8Array {
  const sources = states.map((): number[] => []);
  for (const [from, { steps }] of states.entries()) {
    // A device that a reboot brings back was lost before it.
    for (const { name, to } of steps ?? []) if (name.op !== 'reboot') sources[to]?.push(from);
  }
  const marks = Uint8Array.from(states, ({ steps }, number) =>
    isWanted[number] === true || steps === null ? 1 : 0,
  );
  const frontier = [...marks.keys()].filter((number) => marks[number] === 1);
  for (const number of frontier) {
    for (const from of sources[number] ?? []) {
      if (marks[from] === 1) continue;
      marks[from] = 1;
      frontier.push(from);
    }
  }
  return marks;
}

/** For each state the names of the properties `recoverable` that it violates. */
export function lostIn(engine: Engine, scenario: Scenario, walked: Walk): readonly string[][] {
  const lost = walked.states.map((): string[] => []);
  for (const device of scenario.recoverable) {
    const answers = walked.states.map(({ bytes }) => isLostIn(engine, scenario, device, bytes));
    const reach = reaching(
      walked,
      answers.map((answer) => answer === false),
    );
    const name = `recoverable(${scenario.plan.devices[device]?.name ?? '?'})`;
    for (const [number, answer] of answers.entries()) {
      if (answer === true && reach[number] === 0) lost[number]?.push(name);
    }
  }
  return lost;
}
