/**
 * `daxcheck import`: a model of a machine, from what the machine shows.
 */
import { type Diagnostic, diagnose, EXIT, formatDiagnostic } from '../errors.js';
import type { Facts } from '../import/facts.js';
import { readInputs } from '../import/inputs.js';
import { joinFacts, type Wishes } from '../import/join.js';
import { type ImportedMachine, shownOrigin } from '../import/machine.js';
import { modelText, RULES_INDENT } from '../import/modelText.js';
import { checkModelText } from '../loadModel.js';
import { probeTree } from '../probe/probe.js';
import { kernelOfProbe } from '../probe/probedKernel.js';
import { missingOf, openTree } from '../probe/tree.js';
import { type InputOptions, inputsOf, readStdin, wishesOf } from './inputOptions.js';
import type { Terminal } from './terminal.js';
import { writeNew } from './writeWhole.js';

export interface ImportOptions extends InputOptions {
  readonly output?: string;
}

export type Imported =
  | { readonly ok: true; readonly machine: ImportedMachine; warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly status: number };

/** Prints a fault; what no input tells stands without a place, an option without a line. */
export const shownFault = (fault: Diagnostic): string =>
  formatDiagnostic(fault)
    .replace(/^import:1:1: /, '')
    .replace(/^(--[a-z-]+):1:1: /, '$1: ');

export function tellWarnings(warnings: readonly Diagnostic[], terminal: Terminal): void {
  for (const warning of warnings) terminal.writeError(`warning: ${shownFault(warning)}\n`);
}

/** Tells faults, and the status that they mean. */
function refuseAll(facts: Facts, options: InputOptions, terminal: Terminal): Imported {
  const { faults, warnings } = facts;
  const exitStatus = EXIT.modelRejected;
  // First: what is missing often follows from what they tell.
  tellWarnings(warnings, terminal);
  const lines = faults.map((fault) => `${shownFault(fault)}\n`);
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  terminal.writeError(`${lines.join('')}daxcheck: ${count}; no machine can be made of this\n`);
  if (options.json === true) {
    const record = { verdict: 'rejected', exitStatus, diagnostics: faults, warnings };
    terminal.writeOut(`${JSON.stringify(record)}\n`);
  }
  return { ok: false, status: exitStatus };
}

/** The value of `kernel:` that a source tree is; null (with words) where it is no tree. */
function probedKernel(folder: string, terminal: Terminal): string | null {
  const tree = openTree(folder);
  const missing = missingOf(tree);
  if (missing.length > 0) {
    const what = `${folder} is no kernel source tree: it has no ${missing.join(', ')}`;
    terminal.writeError(`daxcheck: ${what}\n`);
    return null;
  }
  const kernel = kernelOfProbe(probeTree(tree));
  const lists = (['with', 'without'] as const).flatMap((key) =>
    kernel[key].length === 0 ? [] : [`${key}: [${kernel[key].join(', ')}]`],
  );
  return lists.length === 0 ? kernel.base : `{ base: ${kernel.base}, ${lists.join(', ')} }`;
}

/** Reads all inputs and makes one machine of them; tells what is in the way. */
export function importMachine(options: InputOptions, terminal: Terminal): Imported {
  const inputs = inputsOf(options);
  if (inputs.length === 0) {
    const hint = 'name what it shows: --live, or --iomem FILE with --daxctl FILE';
    terminal.writeError(`daxcheck: no input of a machine is named; ${hint}\n`);
    return { ok: false, status: EXIT.usage };
  }
  const facts = readInputs(inputs, readStdin);
  let wishes: Wishes = wishesOf(options, facts);
  if (options.source !== undefined) {
    const kernel = probedKernel(options.source, terminal);
    if (kernel === null) return { ok: false, status: EXIT.usage };
    wishes = { ...wishes, kernel };
  }
  const machine = joinFacts(facts, wishes);
  if (machine === null) return refuseAll(facts, options, terminal);
  return { ok: true, machine, warnings: facts.warnings };
}

/** Rules that a model does not read begin with these codes. */
const RULE_FAULT = /^DAX22/;

interface Checked {
  /** What is in the model, which may be without rules. */
  readonly machine: ImportedMachine;
  readonly text: string;
  readonly warnings: readonly Diagnostic[];
  readonly faults: readonly Diagnostic[];
}

/** Where a line of the model's rules was read: their file is told in a comment above. */
function placeOfRule(
  text: string,
  machine: ImportedMachine,
  { line, column }: Diagnostic['place'],
): Diagnostic['place'] {
  const lines = text.split('\n');
  for (let at = line - 1; at > 0; at--) {
    const rule = machine.rules.find(({ place }) => lines[at - 1]?.trim() === `# ${place.file}`);
    if (rule !== undefined) {
      return { ...rule.place, line: line - at, column: Math.max(column - RULES_INDENT, 1) };
    }
  }
  return { file: 'import', line, column: 1 };
}

/**
 * Loads the model as `explore` will. Rules outside of what models read are left out, and each fault
 * of them is told; what else is wrong with the model is told as a fault of the machine.
 */
function check(machine: ImportedMachine, file: string): Checked {
  const text = modelText(machine);
  const loaded = checkModelText(text, file);
  if (loaded.ok) return { machine, text, warnings: loaded.warnings, faults: [] };
  const ofRules = loaded.diagnostics.filter(({ code }) => RULE_FAULT.test(code));
  if (ofRules.length > 0) {
    const rulesLeftOut = machine.rules.map(({ place }) => place.file);
    const inner = check({ ...machine, rules: [], rulesLeftOut }, file);
    const taken = 'the model is without any of the rules; docs/userland.md has what it can read';
    const warnings = ofRules.map(({ message, place }) =>
      diagnose('DAX502', placeOfRule(text, machine, place), message, { taken }),
    );
    return { ...inner, warnings: [...warnings, ...inner.warnings] };
  }
  const place = machine.devices[0]?.claimed?.place ?? { file: 'import', line: 1, column: 1 };
  const isLarge = loaded.diagnostics.every(({ code }) => code === 'DAX303');
  const told = loaded.diagnostics.map(({ code, message, hint }) =>
    diagnose(isLarge ? 'DAX502' : 'DAX516', place, message, {
      taken: `written all the same; explore refuses it (${hint}): name fewer devices by --device`,
      advice: `${code}: ${hint}`,
    }),
  );
  return isLarge
    ? { machine, text, warnings: told, faults: [] }
    : { machine, text, warnings: [], faults: told };
}

function machineJson(machine: ImportedMachine): object {
  const plain = (_key: string, value: unknown): unknown =>
    typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
  return JSON.parse(JSON.stringify(machine, plain));
}

function write(options: ImportOptions, checked: Checked, terminal: Terminal): boolean {
  const { output } = options;
  if (output === undefined || writeNew(output, checked.text)) return true;
  const hint = 'name a file that is not there yet';
  terminal.writeError(`daxcheck: ${output} is there already and stays as it is; ${hint}\n`);
  return false;
}

/** Writes the model, and returns the exit status. */
export function importCommand(options: ImportOptions, terminal: Terminal): number {
  const imported = importMachine(options, terminal);
  if (!imported.ok) return imported.status;
  const { machine } = imported;
  const checked = check(machine, options.output ?? 'model.yaml');
  const warnings = [...imported.warnings, ...checked.warnings];
  tellWarnings(warnings, terminal);
  if (checked.faults.length > 0) {
    for (const fault of checked.faults) terminal.writeError(`${shownFault(fault)}\n`);
    if (options.json === true) {
      const record = {
        verdict: 'rejected',
        exitStatus: EXIT.modelRejected,
        diagnostics: checked.faults,
        warnings,
      };
      terminal.writeOut(`${JSON.stringify(record)}\n`);
    }
    return EXIT.modelRejected;
  }
  if (!write(options, checked, terminal)) return EXIT.usage;
  const { output } = options;
  if (options.json === true) {
    const record = {
      kind: 'import',
      file: output ?? null,
      model: checked.text,
      machine: machineJson(checked.machine),
      assumed: machine.devices.flatMap(({ name, ranges, targetNode, driver }) =>
        [ranges, targetNode, driver]
          .filter(({ origin }) => 'assumed' in origin)
          .map(({ origin }) => `${name}: ${shownOrigin(origin)}`),
      ),
      warnings,
    };
    terminal.writeOut(`${JSON.stringify(record)}\n`);
  } else if (output === undefined) terminal.writeOut(checked.text);
  else terminal.writeOut(`${output} written. Next: daxcheck explore ${output}\n`);
  return EXIT.holds;
}
