/**
 * Scripts and rules of the user's own put onto a machine: as the command line names them, or as a
 * trace file says that they were.
 */
import { composeModel } from '../advice/compose.js';
import { goalsOf, withGoals } from '../advice/goal.js';
import type { Diagnostic } from '../errors.js';
import { readTextFile } from '../model/files.js';
import type { Composition, Model, SourceText } from '../model/model.js';
import { cutModel } from '../scope/choose.js';

type Texts =
  | { readonly ok: true; readonly texts: readonly SourceText[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Reads files, all of them, so that every fault is told at once. */
function readTexts(files: readonly string[]): Texts {
  const read = files.map((file) => {
    const place = { file, line: 1, column: 1 };
    return { place, text: readTextFile(file, place) };
  });
  const diagnostics = read.flatMap(({ text }) => (text.ok ? [] : [text.fault]));
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const texts = read.flatMap(({ place, text }) => (text.ok ? [{ text: text.text, place }] : []));
  return { ok: true, texts };
}

/** The user's own files, read. */
export interface OwnTexts {
  readonly scripts: readonly SourceText[];
  readonly rules: readonly SourceText[];
}

/** Reads scripts and rules; the faults of all where some cannot be read. */
export function readOwn(
  scripts: readonly string[],
  rules: readonly string[],
): OwnTexts | readonly Diagnostic[] {
  const [own, ruleFiles] = [readTexts(scripts), readTexts(rules)];
  if (own.ok && ruleFiles.ok) return { scripts: own.texts, rules: ruleFiles.texts };
  return [own, ruleFiles].flatMap((one) => (one.ok ? [] : one.diagnostics));
}

export interface Composed {
  /** All of the machine. */
  readonly model: Model;
  /** Cut to the blocks that are kept. */
  readonly scoped: Model;
  readonly warnings: readonly string[];
}

/** How, and how many blocks are kept of each device; null: as many as a proof or habit asks for. */
export type HowComposed = Composition & { readonly scope: number | null };

/** Puts texts onto a machine, and cuts it. */
export function composeOwn(machine: Model, own: OwnTexts, how: HowComposed): Composed {
  const { coldplug, workers, virt, havoc, scope } = how;
  const files = { ...own, coldplug, workers, virt, havoc };
  const { model, leftOut } = composeModel(machine, files);
  const { model: scoped, whole } = cutModel(model, scope);
  const left = leftOut.map((what) => `only its machine is taken; left out: ${what}`);
  return { model, scoped, warnings: [...left, ...whole] };
}

/**
 * Makes the model of a trace again, with what its scripts are for; files are named as they are
 * found. Throws a ModelRejection for faults of scripts and rules.
 */
export function composeAgain(machine: Model, how: HowComposed): Model | readonly Diagnostic[] {
  const own = readOwn(how.scripts, how.rules);
  if (!('scripts' in own)) return own;
  const { scoped } = composeOwn(machine, own, how);
  const { scope: _, ...composition } = how;
  return { ...withGoals(scoped, goalsOf(scoped)), composition };
}
