/**
 * A way as a model file of its own: the same machine, and actors that do the commands of the way in
 * their order.
 */
import type { ModelHead } from '../model/head.js';
import { plural } from '../report/layout.js';
import type { Position, WayCommand } from './position.js';
import { formatWay } from './way.js';

/** Whether one shell can do the commands one after the other, as they went. */
function isOneAfterTheOther(commands: readonly WayCommand[]): boolean {
  return commands.every((command, index) => {
    const next = commands[index + 1];
    return next === undefined || (command.result !== null && command.last < next.first);
  });
}

const holdsDevice = ({ isOfProcess }: WayCommand): boolean => isOfProcess;

/** Open files and mappings belong to the thread that has them. */
function sharesProcesses(commands: readonly WayCommand[]): boolean {
  const threads = new Set(commands.map(({ thread }) => thread));
  return threads.size > 1 && commands.some(holdsDevice);
}

interface Script {
  readonly name: string;
  readonly commands: readonly WayCommand[];
}

const scriptLine = ({ line, why }: WayCommand): string => line ?? `# left out: ${why}`;

/** The last line of a script that has none; or whose end, a step later, lets a device go. */
function lastLine(commands: readonly WayCommand[]): readonly string[] {
  if (commands.some(holdsDevice)) return ['udevadm settle'];
  return commands.every(({ line }) => line === null) ? ['sleep 1'] : [];
}

function scriptText({ name, commands }: Script): string[] {
  const lines = [...commands.map(scriptLine), ...lastLine(commands)];
  return [`  ${name}: |`, ...lines.map((line) => `    ${line}`)];
}

/** Names of threads as names of actors: the second worker of udev is no actor of its own. */
const actorOf = (thread: string): string => thread.replaceAll('/', '-');

function scriptsByThread(head: ModelHead, commands: readonly WayCommand[]): readonly Script[] {
  const threads = new Set([
    ...(head.namesActors ? head.actors : []),
    ...commands.map(({ thread }) => thread),
  ]);
  return [...threads].map((thread) => ({
    name: actorOf(thread),
    commands: commands.filter((command) => command.thread === thread),
  }));
}

/** Writes a way as a model file. */
export function renderWayModel(head: ModelHead, { way, steps, commands }: Position): string {
  const isOne = isOneAfterTheOther(commands) && !sharesProcesses(commands) && !head.namesActors;
  const scripts = isOne ? [{ name: 'way', commands }] : scriptsByThread(head, commands);
  const origin = `The way ${formatWay(way)} through ${head.file}: ${plural(steps.length, 'step')}.`;
  const order = isOne
    ? 'One actor does its commands in their order.'
    : 'Its commands overlap: each actor does its own, and the way is one of their interleavings.';
  const actors = scripts.flatMap(scriptText);
  return [`# ${origin}`, `# ${order}`, head.text.trimEnd(), 'actors:', ...actors, ''].join('\n');
}
