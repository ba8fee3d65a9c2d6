/**
 * A model's file without what its actors do and what is expected of it: what another model of the
 * same machine begins with.
 */
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readTextFile } from './files.js';
import type { Model } from './model.js';
import type { ModelFile } from './schema.js';

/** Plain data, so that it can be written down. */
export interface ModelHead {
  readonly file: string;
  /** YAML: every key but `actors` and `expect`, in the order of the file. */
  readonly text: string;
  /** Names of the actors, in order. */
  readonly actors: readonly string[];
  /** Properties of the model's own may ask for an actor by its name. */
  readonly namesActors: boolean;
}

function kernelOf({ kernel }: Model): ModelFile['kernel'] {
  const { release, without } = kernel;
  if (without.length === 0 && kernel.with.length === 0) return release;
  return {
    base: release,
    ...(without.length > 0 && { without: [...without] }),
    ...(kernel.with.length > 0 && { with: [...kernel.with] }),
  };
}

/** The machine with its listing inside, for the text may end up in any folder. */
function machineOf(machine: ModelFile['machine'], file: string): ModelFile['machine'] {
  const { iomem_file: named, ...rest } = machine;
  if (named === undefined) return machine;
  const path = join(dirname(file), named);
  const read = readTextFile(path, { file: path, line: 1, column: 1 });
  return read.ok ? { ...rest, iomem: read.text } : machine;
}

/**
 * Returns the head of a model that was loaded from a file; null when its file cannot be read any
 * more, or the model was made in memory. Kernel and granularity are the model's, which options may
 * have changed.
 */
export function headOf(model: Model): ModelHead | null {
  const read = readTextFile(model.file, { file: model.file, line: 1, column: 1 });
  if (!read.ok) return null;
  const { actors: _actors, expect: _expect, ...written } = parse(read.text) as ModelFile;
  const head = {
    ...written,
    kernel: kernelOf(model),
    granularity: model.granularity,
    machine: machineOf(written.machine, model.file),
  };
  const names = model.actors.map(({ name }) => name);
  const asked = JSON.stringify([written.properties, written.check]);
  return {
    file: model.file,
    text: stringify(head, { lineWidth: 0 }),
    actors: names,
    namesActors: names.some((name) => asked.includes(name)),
  };
}
