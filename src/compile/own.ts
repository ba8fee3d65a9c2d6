/**
 * The user's own properties: which are checked, what their expressions compile to, and the modules
 * that are made of them.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import { observableNamed } from '../kernel/observables.js';
import { NO_LIVELOCK, PROPERTIES } from '../kernel/properties.js';
import { and, type BoolCode, not, TRUE } from '../kernel/stateCode.js';
import type { Model, OwnForm, OwnProperty } from '../model/model.js';
import { type CompiledExpression, compileExpression } from './expression/compile.js';
import { EXPRESSIONS_MAX, makeModule, type Places } from './expression/module.js';
import { makeNamespace, type Namespace } from './expression/namespace.js';
import type { PlannedThread } from './tables.js';
import type { Plan } from './universe.js';

/** A property that a single state can violate; its number is its place in the list. */
export interface OwnInvariant {
  readonly name: string;
  readonly text: string;
  readonly form: 'quiet' | 'always';
  /**
   * The parts of a top-level `||`, with the observation that says "it is looked at, and false
   * here"; empty where there is only one part.
   */
  readonly alternatives: readonly { readonly text: string; readonly observation: number }[];
}

/** A property of behaviours; its expressions are observations. */
export interface OwnTemporal {
  readonly name: string;
  readonly form: Exclude<OwnForm, 'quiet' | 'always'>;
  readonly texts: readonly string[];
  readonly observations: readonly number[];
}

/** Every own property that is checked. */
export interface OwnPlan {
  readonly invariants: readonly OwnInvariant[];
  readonly temporal: readonly OwnTemporal[];
  /** What the invariants' module says: bit n of a word is `violated[n]`. */
  readonly violated: readonly BoolCode[];
  readonly observations: readonly BoolCode[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The modules of a plan; `observers` have EXPRESSIONS_MAX observations each. */
export interface OwnModules {
  /** null when there is no invariant. */
  readonly check: Uint8Array | null;
  readonly observers: readonly Uint8Array[];
}

/** The own properties that are asked for, by name or in place. */
function requestedOf(model: Model): readonly OwnProperty[] {
  if (model.check === null) return model.properties;
  return model.check.flatMap(({ name, own }) => {
    const declared = model.properties.find((property) => property.name === name);
    return own ?? declared ?? [];
  });
}

function nameFaults(model: Model): Diagnostic[] {
  return model.properties.flatMap(({ name, place }) => {
    const isBuiltIn = PROPERTIES.some((row) => row.name === name) || name === NO_LIVELOCK;
    if (!isBuiltIn) return [];
    return [diagnose('DAX325', place, `\`${name}\` is a property that daxcheck has`)];
  });
}

function quietOf(namespace: Namespace): BoolCode {
  const reading = observableNamed('machine', 'quiet')?.reading;
  return reading?.type === 'bool' ? reading.code(0, namespace.extent) : TRUE;
}

/** Names that expressions know; an actor with faults has no thread, and is no unknown name. */
function namespaceOf(model: Model, plan: Plan, threads: readonly PlannedThread[]): Namespace {
  const names = threads.map(({ name }) => name);
  const faulty = model.actors.map(({ name }) => name).filter((name) => !names.includes(name));
  const ids = plan.devices.map(({ name }) => name);
  return makeNamespace(plan, [...names, ...faulty], ids);
}

/** Compiles the own properties of a model. */
export function planOwn(model: Model, plan: Plan, threads: readonly PlannedThread[]): OwnPlan {
  const namespace = namespaceOf(model, plan, threads);
  const diagnostics = nameFaults(model);
  const quiet = quietOf(namespace);
  const invariants: OwnInvariant[] = [];
  const temporal: OwnTemporal[] = [];
  const violated: BoolCode[] = [];
  const observations: BoolCode[] = [];
  const observe = (code: BoolCode): number => observations.push(code) - 1;
  const asked = requestedOf(model);
  const others = model.properties.filter((property) => !asked.includes(property));
  for (const [index, { name, form, expressions }] of [...asked, ...others].entries()) {
    const compiled = expressions.map((source) => compileExpression(source, namespace));
    diagnostics.push(...compiled.flatMap((one) => (one.ok ? [] : one.diagnostics)));
    const codes = compiled.flatMap((one) => (one.ok ? [one] : []));
    const texts = expressions.map(({ text }) => text);
    const [first] = codes;
    const isAsked = index < asked.length;
    if (!isAsked || first === undefined || codes.length < expressions.length) continue;
    if (form === 'quiet' || form === 'always') {
      const when = form === 'quiet' ? quiet : TRUE;
      violated.push(and(when, not(first.code)));
      const alternatives = alternativesOf(first, when, observe);
      invariants.push({ name, form, text: texts[0] ?? '', alternatives });
    } else {
      temporal.push({ name, form, texts, observations: codes.map(({ code }) => observe(code)) });
    }
  }
  if (invariants.length > EXPRESSIONS_MAX) {
    const limit = `${EXPRESSIONS_MAX} properties of your own`;
    const message = `the model has ${invariants.length} properties of its own`;
    diagnostics.push(diagnose('DAX303', model.kernel.place, message, { limit }));
  }
  return { invariants, temporal, violated, observations, diagnostics };
}

function alternativesOf(
  compiled: CompiledExpression & { readonly ok: true },
  when: BoolCode,
  observe: (code: BoolCode) => number,
): OwnInvariant['alternatives'] {
  if (compiled.alternatives.length < 2) return [];
  return compiled.alternatives.map(({ code, text }) => ({
    text,
    observation: observe(and(when, not(code))),
  }));
}

/** Makes the modules, once it is known where each part of the state lies. */
export function makeOwnModules(plan: OwnPlan, places: Places): OwnModules {
  const { violated, observations } = plan;
  const count = Math.ceil(observations.length / EXPRESSIONS_MAX);
  return {
    check: violated.length === 0 ? null : makeModule(violated, TRUE, places),
    observers: Array.from({ length: count }, (_, number) => {
      const from = number * EXPRESSIONS_MAX;
      return makeModule(observations.slice(from, from + EXPRESSIONS_MAX), TRUE, places);
    }),
  };
}
