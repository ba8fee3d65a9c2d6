/**
 * What a run has done of all that it could: commands, program points of the kernel, features that
 * some step asked for.
 */
import { Pc } from '../../assembly/layout.js';
import type { Scenario } from '../compile/scenario.js';
import type { Engine, SearchResult } from '../engine/engine.js';
import { FEATURES, type Feature, IN_FLIGHT } from '../kernel/features.js';
import { functionOfPc, sourceOf } from '../kernel/functions.js';
import type { Place } from '../model/model.js';
import { SYSTEM_CALLS } from '../userland/systemCalls.js';
import { pointOf, type Tally, tallyOf } from './actions.js';
import { kernelExports } from './steps.js';

export interface CommandCoverage {
  readonly text: string;
  readonly place: Place;
  /** Steps of it. */
  readonly steps: number;
  /** System calls that it stands for, and how many of them were not done; a tool is one. */
  readonly calls: number;
  readonly undone: number;
}

export interface PointCoverage {
  /** The function, and the place in it. */
  readonly name: string;
  /** Its file in the kernel's tree; null where that is not known. */
  readonly source: string | null;
  /** How often a step passed it. */
  readonly steps: number;
}

export interface FeatureCoverage {
  readonly id: string;
  /** The kernel of the run has it. */
  readonly isPresent: boolean;
  /** Some step did one thing or another by it. */
  readonly isAsked: boolean;
}

export interface Coverage {
  /** Every state was expanded: what was not done cannot be done in this model. */
  readonly isComplete: boolean;
  readonly states: number;
  /** Commands and tools of the actors, in the order of the model. */
  readonly commands: readonly CommandCoverage[];
  /** Every program point that is modelled. */
  readonly points: readonly PointCoverage[];
  /** Every feature that changes behaviour. */
  readonly features: readonly FeatureCoverage[];
}

/** One row for each command: a rule of udev and a line of a script may do several system calls. */
function commandsOf({ instructions, recoveryFrom }: Scenario, tally: Tally): CommandCoverage[] {
  const rows = new Map<string, CommandCoverage>();
  for (const [number, instruction] of instructions.slice(0, recoveryFrom).entries()) {
    if (instruction === null) continue;
    const { place, tool, op } = instruction;
    const isCall = SYSTEM_CALLS.has(op);
    if (tool === undefined && !isCall) continue;
    const text = (tool ?? instruction.text).trim();
    const key = JSON.stringify([place.file, place.line, place.column, text]);
    const before = rows.get(key) ?? { text, place, steps: 0, calls: 0, undone: 0 };
    const steps = tally.instruction(number);
    rows.set(key, {
      ...before,
      steps: before.steps + steps,
      calls: before.calls + (isCall ? 1 : 0),
      undone: before.undone + (isCall && tool === undefined && steps === 0 ? 1 : 0),
    });
  }
  // A tool does not do all that it could: it is undone when it did nothing at all.
  const tools = new Set(instructions.flatMap((instruction) => instruction?.tool?.trim() ?? []));
  return [...rows.values()]
    .filter(({ calls }) => calls > 0)
    .map((row) =>
      tools.has(row.text) ? { ...row, calls: 1, undone: row.steps === 0 ? 1 : 0 } : row,
    );
}

function pointsOf(tally: Tally): PointCoverage[] {
  const numbers = Object.values(Pc).filter((value): value is Pc => typeof value === 'number');
  return numbers.flatMap((point) => {
    const name = functionOfPc(point);
    if (name === null) return [];
    return [{ name: pointOf(point), source: sourceOf(name), steps: tally.point(point) }];
  });
}

function featuresOf(scenario: Scenario, asked: (bit: number) => boolean): FeatureCoverage[] {
  const { features } = scenario.kernel;
  const row = ({ id, bit }: Feature): FeatureCoverage[] =>
    bit === null ? [] : [{ id, isPresent: features.has(id), isAsked: asked(bit) }];
  return [...FEATURES, ...IN_FLIGHT].flatMap(row);
}

/** Takes every step of a search again, and tells what was done. The engine is the one for it. */
export function coverageOf(engine: Engine, scenario: Scenario, result: SearchResult): Coverage {
  const kernel = kernelExports(engine);
  kernel.coverBegin();
  const tally = tallyOf(engine, result, 'passed');
  const words = [0, 1, 2, 3].map((word) => kernel.coverFeatures(word));
  const asked = (bit: number): boolean => (((words[bit >> 5] ?? 0) >>> (bit & 31)) & 1) !== 0;
  return {
    isComplete: result.complete,
    states: result.distinctStates,
    commands: commandsOf(scenario, tally),
    points: pointsOf(tally),
    features: featuresOf(scenario, asked),
  };
}
