/**
 * What an explorer needs of a model as text, so that a page can carry it.
 */
import type { Scenario } from '../compile/scenario.js';
import type { ScenarioWords } from '../compile/words.js';
import type { ModelHead } from '../model/head.js';
import type { ExplorerParts } from './explorer.js';
import { fromPlainText, toPlainText } from './plainText.js';

/** A model for an explorer, but for the engine's module, which all models share. */
export interface CarriedModel extends Omit<ExplorerParts, 'wasm'> {
  /** null: the model has no file, and no way of it can be copied as one. */
  readonly head: ModelHead | null;
}

/** The slots that words are asked for are numbers by index in the text. */
type Tables = { readonly namespaceSlots: number[]; readonly publicationSlots: number[] };
type PlainState = Omit<ScenarioWords['state'], 'namespaceSlot' | 'publicationSlot'>;
type Plain = Omit<CarriedModel, 'scenario'> & {
  readonly scenario: Omit<ScenarioWords, 'state'> & { readonly state: PlainState & Tables };
};

/** Keeps of a scenario what tells it in words. */
function plainScenario(scenario: Scenario): Plain['scenario'] {
  const { model, kernel, plan, state, own } = scenario;
  const { daxSlot, kmemSlot, ramSlot, spareSlot, namespaceSlot, publicationSlot, ...places } =
    state;
  return {
    bytes: scenario.bytes,
    statics: scenario.statics,
    points: scenario.points,
    strings: scenario.strings,
    names: scenario.names,
    threads: scenario.threads,
    instructions: scenario.instructions,
    instructionsAt: scenario.instructionsAt,
    checked: scenario.checked,
    recoverable: scenario.recoverable,
    livelock: scenario.livelock,
    model: {
      file: model.file,
      title: model.title,
      granularity: model.granularity,
      kernel: { release: model.kernel.release },
      machine: { blockSize: model.machine.blockSize },
      faults: model.faults.map(({ point, errno }) => ({ point, errno })),
    },
    kernel: { name: kernel.name, features: kernel.features },
    plan: {
      devices: plan.devices,
      regions: plan.regions,
      blocks: plan.blocks,
      rangeMax: plan.rangeMax,
      publications: plan.publications,
      universe: plan.universe,
    },
    own: { invariants: own.invariants, temporal: own.temporal },
    state: {
      ...places,
      namespaceSlots: plan.regions.map((_, region) => namespaceSlot(region)),
      publicationSlots: plan.publications.map((_, number) => publicationSlot(number)),
    },
  };
}

/** Writes a compiled model as text. */
export function carry(scenario: Scenario, head: ModelHead | null): string {
  const { check, observers } = scenario.ownModules;
  const plain: Plain = { scenario: plainScenario(scenario), check, observers, head };
  return toPlainText(plain);
}

/** Reads what `carry` wrote. */
export function uncarry(text: string): CarriedModel {
  const { scenario, ...rest } = fromPlainText(text) as Plain;
  const { namespaceSlots, publicationSlots, ...places } = scenario.state;
  const state = {
    ...places,
    namespaceSlot: (region: number) => namespaceSlots[region] ?? 0,
    publicationSlot: (publication: number) => publicationSlots[publication] ?? 0,
  };
  return { ...rest, scenario: { ...scenario, state } };
}
