/**
 * Checks the shape of a model file and, where it is wrong, goes on with what is right.
 *
 * All faults are to be reported at once: also those that the later checks find in the sound parts.
 * So what has the wrong shape is taken out, and what must be there is filled in with a stand-in;
 * the faults of shape are kept, and the model that is built then is never handed out.
 */
import type { Diagnostic } from '../errors.js';
import { type ModelFile, modelSchema } from './schema.js';
import { type SchemaFault, schemaFaults } from './schemaFaults.js';
import type { Path, YamlSource } from './yamlSource.js';

/** Each pass takes out at least one level of nesting. */
const PASSES_MAX = 8;

/** Faults that only echo a value that was taken out from where they are reported. */
const ECHO_CODES: readonly string[] = ['DAX011', 'DAX050', 'DAX053'];

export interface Shape {
  /** null when nothing could be made of the file. */
  readonly file: ModelFile | null;
  readonly faults: readonly Diagnostic[];
  /** Says whether a later fault is but an echo of these. */
  readonly isEcho: (fault: Diagnostic) => boolean;
}

/** Checks the shape; `release` stands in for a kernel that is missing or malformed. */
export function checkShape(source: YamlSource, release: string): Shape {
  const first = modelSchema.safeParse(source.value);
  if (first.success) return { file: first.data, faults: [], isEcho: () => false };
  const found = schemaFaults(first.error.issues, source);
  const holed = new Set<string>();
  const file = isRecord(source.value) ? repair(source, found, { release, holed }) : null;
  return {
    file,
    faults: found.map((one) => one.fault),
    isEcho: (fault) =>
      ECHO_CODES.includes(fault.code) && holed.has(`${fault.place.line}:${fault.place.column}`),
  };
}

function repair(
  source: YamlSource,
  found: readonly SchemaFault[],
  options: { release: string; holed: Set<string> },
): ModelFile | null {
  const root: unknown = structuredClone(source.value);
  let faults = found;
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    for (const { path } of faults) takeOut(root, path, source, options.holed);
    fillIn(root, options.release);
    const again = modelSchema.safeParse(root);
    if (again.success) return again.data;
    faults = schemaFaults(again.error.issues, source);
  }
  return null;
}

/**
 * Deletes a value; of a list the whole, for its other entries would move; of what is missing the
 * owner.
 */
function takeOut(root: unknown, path: Path, source: YamlSource, holed: Set<string>): void {
  const listAt = path.findIndex((step) => typeof step === 'number');
  let target = listAt < 0 ? path : path.slice(0, listAt);
  while (target.length > 1 && valueAt(root, target) === undefined) target = target.slice(0, -1);
  const owner = valueAt(root, target.slice(0, -1));
  const key = target.at(-1);
  if (!isRecord(owner) || key === undefined) return;
  const { line, column } = source.keyPlaceOf(target.slice(0, -1));
  holed.add(`${line}:${column}`);
  Reflect.deleteProperty(owner, key);
}

function fillIn(root: unknown, release: string): void {
  if (!isRecord(root)) return;
  root.format = 1;
  root.title ??= 'untitled';
  root.kernel ??= release;
  root.machine ??= {};
  if (isRecord(root.machine)) root.machine.block_size ??= '128M';
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
