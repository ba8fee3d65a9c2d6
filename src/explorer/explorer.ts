/**
 * Goes through a model step by step in an engine of its own. It runs in Node and in a browser.
 */
import { Header } from '../../assembly/layout.js';
import type { ScenarioWords } from '../compile/words.js';
import { openStepper, type Stepper } from '../engine/stepper.js';
import { PROPERTIES } from '../kernel/properties.js';
import { viewDeadlock } from '../verdict/deadlockView.js';
import { describeStep, takeStep, viewReplay } from '../verdict/steps.js';
import type { MachineView } from '../verdict/trace.js';
import { badgesOf, lossesIn, maskOf } from './badges.js';
import { commandsOf, type ToldStep } from './commands.js';
import { labelOf, outcomesOf } from './label.js';
import type { Action, Explorer, Position } from './position.js';
import type { Way } from './way.js';

/** What an explorer works with: modules as they are compiled for a search. */
export interface ExplorerParts {
  readonly wasm: Uint8Array;
  readonly scenario: ScenarioWords;
  readonly check: Uint8Array | null;
  readonly observers: readonly Uint8Array[];
}

/** Actions told unless more are asked for. */
const ACTIONS_MOST = 60;

/** The bytes of a scenario that checks the defaults as well, whatever the model asks for. */
function withDefaults({ bytes, checked }: ScenarioWords): Uint8Array {
  const copy = Uint8Array.from(bytes);
  new DataView(copy.buffer).setUint32(Header.Properties * 4, maskOf(checked), true);
  return copy;
}

interface Walk {
  readonly initial: number;
  readonly first: { readonly state: Uint8Array; readonly machine: MachineView };
  readonly steps: readonly ToldStep[];
}

const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.every((byte, index) => byte === right[index]);

/** An explorer over an engine; it keeps the way that it went last. */
class EngineExplorer implements Explorer {
  readonly #stepper: Stepper;
  readonly #scenario: ScenarioWords;
  /** Going on from it, or back, takes none of its steps again. */
  #latest: Walk | null = null;

  constructor({ scenario, wasm, check, observers }: ExplorerParts) {
    this.#scenario = scenario;
    this.#stepper = openStepper({ wasm, scenario: withDefaults(scenario), check, observers });
  }

  async visit(way: Way, most: number = ACTIONS_MOST): Promise<Position> {
    const { initial, first, steps } = this.#walk(way);
    const end = steps.at(-1);
    const state = end?.taken.after ?? first.state;
    const machine = end?.told.after ?? first.machine;
    const badges = badgesOf(this.#stepper, this.#scenario, state);
    this.#stepper.place(state);
    const deadlock = viewDeadlock(this.#stepper, this.#scenario);
    const { actions, left } = this.#actions(state, machine, most);
    return {
      way: { initial, ordinals: steps.map(({ taken }) => taken.ordinal) },
      isCut: initial !== way.initial || steps.length < way.ordinals.length,
      initial: first.machine,
      steps: steps.map(({ told }) => told),
      machine,
      badges,
      deadlock,
      actions,
      actionsLeft: left,
      commands: commandsOf(steps, this.#scenario),
    };
  }

  #begin(wanted: number): Walk {
    const initial = Math.min(wanted, this.#stepper.initialCount - 1);
    this.#stepper.replay.initial(initial);
    const state = this.#stepper.replay.state();
    const machine = viewReplay(this.#stepper, this.#scenario);
    return { initial, first: { state, machine }, steps: [] };
  }

  #walk({ initial, ordinals }: Way): Walk {
    const known = this.#latest?.initial === initial ? this.#latest : this.#begin(initial);
    const parting = known.steps.findIndex((step, at) => step.taken.ordinal !== ordinals[at]);
    const steps = parting < 0 ? [...known.steps] : known.steps.slice(0, parting);
    for (const ordinal of ordinals.slice(steps.length)) {
      const step = this.#step(steps.at(-1)?.taken.after ?? known.first.state, ordinal);
      if (step === null) break;
      steps.push(step);
    }
    this.#latest = { ...known, steps };
    return this.#latest;
  }

  /** Takes a step from a state and tells it; null when there is none. */
  #step(state: Uint8Array, ordinal: number): ToldStep | null {
    this.#stepper.place(state);
    const taken = takeStep(this.#stepper, ordinal);
    if (taken === null) return null;
    const after = viewReplay(this.#stepper, this.#scenario);
    return { taken, told: describeStep(taken, after, this.#scenario) };
  }

  /** Names of what a state violates, as far as states and steps tell it. */
  #violatedIn(state: Uint8Array): readonly string[] {
    this.#stepper.place(state);
    const bits = this.#stepper.replay.violated();
    const own = this.#stepper.violatedOwn();
    const told = [
      ...PROPERTIES.filter(({ bit }) => ((bits >>> bit) & 1) !== 0),
      ...this.#scenario.own.invariants.filter((_, number) => ((own >>> number) & 1) !== 0),
    ].map(({ name }) => name);
    return [...told, ...lossesIn(this.#stepper, this.#scenario, state)];
  }

  #actions(
    state: Uint8Array,
    machine: MachineView,
    most: number,
  ): { readonly actions: readonly Action[]; readonly left: number } {
    this.#stepper.place(state);
    const count = this.#stepper.replay.successorCount();
    const before = this.#violatedIn(state);
    const actions: Action[] = [];
    for (let ordinal = 0; ordinal < Math.min(count, most); ordinal += 1) {
      const step = this.#step(state, ordinal);
      if (step === null) break;
      const { taken, told } = step;
      actions.push({
        step: told,
        label: labelOf(told),
        outcomes: outcomesOf(machine, told),
        violates: this.#violatedIn(taken.after).filter((name) => !before.includes(name)),
        isStutter: isSame(taken.before, taken.after),
      });
    }
    return { actions, left: count - actions.length };
  }
}

/**
 * Opens an explorer.
 *
 * Throws EngineError FAIL_STALE for a module of another build.
 */
export const openExplorer = (parts: ExplorerParts): Explorer => new EngineExplorer(parts);
