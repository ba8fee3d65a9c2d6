/**
 * What the engine has room for: a model that needs more is refused, for its numbers would not fit
 * the bytes of the state vector and of the instructions.
 */
import { INSTRUCTION_IDLE, NAME_MAX, OBJECT_EVENT, THREAD_MAX } from '../../assembly/layout.js';
import { type Diagnostic, diagnose } from '../errors.js';
import type { Model } from '../model/model.js';

function tooMany(model: Model, count: number, limit: number, what: string): Diagnostic[] {
  if (count <= limit) return [];
  return [
    diagnose('DAX303', model.kernel.place, `the model has ${count} ${what}`, { limit: `${limit}` }),
  ];
}

/** How much of what a model needs. */
export interface Counts {
  readonly threads: number;
  readonly names: number;
  readonly strings: number;
  readonly variables: number;
  readonly instructions: number;
  /** Commands of the longest menu. */
  readonly commands: number;
}

/** Numbers of variables and of a menu's commands are bytes. */
const BYTE_MAX = 255;

/** Faults of a model whose numbers do not fit the state vector. */
export function sizeFaults(model: Model, counts: Counts): readonly Diagnostic[] {
  const what = 'threads (actors, udev workers and the environment)';
  const none = diagnose('DAX303', model.kernel.place, 'the model has no actor', {
    limit: '1 to 8 threads; add `actors:`',
  });
  return [
    ...tooMany(model, counts.threads, THREAD_MAX, what),
    ...tooMany(model, counts.names, NAME_MAX, 'dax names in its ids and scripts'),
    ...tooMany(model, counts.strings, OBJECT_EVENT, 'different strings'),
    ...tooMany(model, counts.variables, BYTE_MAX, 'shell variables'),
    ...tooMany(model, counts.commands, BYTE_MAX, 'commands in one menu'),
    ...tooMany(model, counts.instructions, INSTRUCTION_IDLE, 'instructions'),
    ...(counts.threads === 0 ? [none] : []),
  ];
}
