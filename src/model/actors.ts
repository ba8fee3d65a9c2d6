/**
 * Builds the actors and the environment's faults of a model.
 *
 * What the scripts, rules and commands say is checked by a later layer; here they get their places.
 */
import { type Context, fileAt, report, textAt } from './context.js';
import type { Actor, Fault, SourceText } from './model.js';
import type { ActorFile, ModelFile } from './schema.js';
import type { Path } from './yamlSource.js';

/** Keys that say what an actor runs: an actor has one of them. */
const WORK_KEYS = ['script', 'script_file', 'any', 'rules', 'rules_file'] as const;
type WorkKey = (typeof WORK_KEYS)[number];

/** Keys that go with only some kinds of work. */
const EXTRA_KEYS: readonly { key: 'times' | 'events' | 'workers'; with: readonly WorkKey[] }[] = [
  { key: 'times', with: ['any'] },
  { key: 'events', with: ['rules', 'rules_file'] },
  { key: 'workers', with: ['rules', 'rules_file'] },
];

/** Traces use this name for what no actor does. */
const RESERVED_NAME = 'environment';

/** Builds the actors in the order of the file; one with faults is left out. */
export function buildActors(context: Context, written: ModelFile['actors']): Actor[] {
  return Object.entries(written ?? {}).flatMap(([name, actor]) => {
    const path = ['actors', name];
    if (name === RESERVED_NAME) {
      const values = { expected: 'traces use this name for the environment: choose another' };
      const place = context.source.keyPlaceOf(path);
      report(context, 'DAX018', place, `\`${name}\` is no name for an actor`, values);
    }
    const built =
      typeof actor === 'string' ? script(context, name, path) : build(context, name, actor);
    return built === null ? [] : [built];
  });
}

/** Builds the list of faults. */
export function buildFaults(context: Context, written: ModelFile['faults']): Fault[] {
  return (written ?? []).map((fault, index) => {
    const path = ['faults', index];
    const text = typeof fault === 'string' ? fault : fault.fault;
    const [point = '', errno = null] = text.split(' ');
    return {
      point,
      errno,
      times: typeof fault === 'string' ? 1 : (fault.times ?? 1),
      place: context.source.placeOf(typeof fault === 'string' ? path : [...path, 'fault']),
    };
  });
}

function build(context: Context, name: string, written: ActorFile): Actor | null {
  const path = ['actors', name];
  const place = context.source.keyPlaceOf(path);
  const work = WORK_KEYS.filter((key) => written[key] !== undefined);
  const [kind] = work;
  if (kind === undefined) {
    report(context, 'DAX050', place, `the actor \`${name}\` has nothing to run`);
    return null;
  }
  if (work.length > 1) {
    const keys = work.map((key) => `\`${key}\``).join(', ');
    report(context, 'DAX017', place, `the actor \`${name}\` has ${work.length} kinds of work`, {
      keys,
    });
  }
  for (const extra of EXTRA_KEYS) {
    if (written[extra.key] === undefined || extra.with.includes(kind)) continue;
    const owners = extra.with.map((key) => `\`${key}\``).join(' or ');
    const values = { expected: `\`${extra.key}\` goes with ${owners}` };
    const message = `\`${extra.key}\` has no meaning beside \`${kind}\``;
    report(context, 'DAX051', context.source.keyPlaceOf([...path, extra.key]), message, values);
  }
  if (kind === 'any') return menu(context, name, written);
  if (kind === 'rules' || kind === 'rules_file') return udev(context, name, written);
  return script(context, name, [...path, kind], written.script_file);
}

function script(context: Context, name: string, path: Path, file?: string): Actor | null {
  const text = file === undefined ? textAt(context, path) : fileAt(context, file, path);
  return text === null ? null : { kind: 'script', name, script: text };
}

function menu(context: Context, name: string, written: ActorFile): Actor | null {
  const path = ['actors', name, 'any'];
  const commands = (written.any ?? []).map((_, index) => textAt(context, [...path, index]));
  if (!isComplete(commands)) return null;
  return { kind: 'any', name, commands, times: written.times ?? null };
}

function udev(context: Context, name: string, written: ActorFile): Actor | null {
  const path = ['actors', name];
  const files = written.rules_file;
  const fromFiles = Array.isArray(files)
    ? files.map((file, index) => fileAt(context, file, [...path, 'rules_file', index]))
    : files === undefined
      ? []
      : [fileAt(context, files, [...path, 'rules_file'])];
  const inline = written.rules === undefined ? [] : [textAt(context, [...path, 'rules'])];
  const rules = [...inline, ...fromFiles];
  if (!isComplete(rules)) return null;
  const coldplug = written.events?.includes('coldplug') ?? false;
  return { kind: 'udev', name, rules, coldplug, workers: written.workers ?? 1 };
}

function isComplete(texts: readonly (SourceText | null)[]): texts is readonly SourceText[] {
  return texts.every((text) => text !== null);
}
