/**
 * Known remedies for procedures that lose: each one a change of the user's files. Whether one helps
 * is not known here; it is tried (advise.ts).
 */
import type { Model, Place, SourceText } from '../model/model.js';
import type { Story, StoryLine } from '../report/story.js';
import type { Edit } from './patch.js';

/** What a remedy is looked for. */
export interface Situation {
  readonly model: Model;
  readonly story: Story;
  /** Features of the kernel. */
  readonly features: ReadonlySet<string>;
}

export interface Remedy {
  readonly id: string;
  /** What to do, in one line. */
  readonly title: string;
  /** The policy for new blocks may be another one in the end: the remedy sets it. */
  readonly setsPolicy: boolean;
  /** The changes; empty where it does not fit. */
  readonly edits: (situation: Situation) => readonly Edit[];
}

const POLICY = '/sys/devices/system/memory/auto_online_blocks';

const linesOf = ({ text }: SourceText): readonly string[] => text.split('\n');

const scriptsOf = ({ model }: Situation): readonly SourceText[] =>
  model.actors.flatMap((actor) => (actor.kind === 'script' ? [actor.script] : []));

const rulesOf = ({ model }: Situation): readonly SourceText[] =>
  model.actors.flatMap((actor) => (actor.kind === 'udev' ? actor.rules : []));

const isIn = (source: SourceText, place: Place): boolean => source.place.file === place.file;

/** The lines that race, the last one first. */
const racing = ({ story }: Situation): readonly StoryLine[] =>
  [story.decisive, story.by, story.since].filter((line) => line !== null);

/** The script whose line matters, and that line. */
function scriptLine(situation: Situation): { source: SourceText; place: Place } | null {
  for (const { place } of racing(situation)) {
    const source = scriptsOf(situation).find((script) => isIn(script, place));
    if (source !== undefined) return { source, place };
  }
  return null;
}

const textAt = (source: SourceText, line: number): string =>
  linesOf(source)[line - source.place.line] ?? '';

const indentOf = (text: string): string => /^\s*/.exec(text)?.[0] ?? '';

/** The first line of a script that does something: behind `#!`, comments and `set`. */
function firstLine(source: SourceText): number {
  const lines = linesOf(source);
  const at = lines.findIndex((line) => !/^\s*(#.*|set\s.*)?$/.test(line));
  return source.place.line + Math.max(at, 0);
}

function insertAtTop(situation: Situation, line: string): readonly Edit[] {
  const found = scriptLine(situation);
  if (found === null) return [];
  const { source } = found;
  return [{ file: source.place.file, line: firstLine(source), removed: 0, added: [line] }];
}

/** A line that gives the device away from kmem by hand, and how it names the device. */
const UNBIND = /echo\s+(?:-n\s+)?("?\$?\{?[\w.]+\}?"?)\s*>+\s*\S*\/(?:kmem|driver)\/unbind/;

/** The lines of scripts that unbind kmem by hand. */
function unbindLines(
  situation: Situation,
): readonly { source: SourceText; line: number; device: string; text: string }[] {
  return scriptsOf(situation).flatMap((source) =>
    linesOf(source).flatMap((text, index) => {
      const device = UNBIND.exec(text)?.[1];
      return device === undefined
        ? []
        : [{ source, line: source.place.line + index, device, text }];
    }),
  );
}

/** How many lines behind this one only go on with what it began: ids, and the next driver. */
function followers(source: SourceText, line: number): number {
  const lines = linesOf(source).slice(line + 1 - source.place.line);
  const other = /\/drivers\/(?:kmem\/remove_id|device_dax\/(?:bind|new_id))/;
  const end = lines.findIndex((text) => !other.test(text));
  return end < 0 ? lines.length : end;
}

/** How many lines a rule has: one that ends with a backslash goes on. */
function ruleLines(source: SourceText, line: number): number {
  const lines = linesOf(source).slice(line - source.place.line);
  const end = lines.findIndex((text) => !/\\\s*$/.test(text));
  return end < 0 ? lines.length : end + 1;
}

/** A line that sets what becomes of new blocks; the value is its first group. */
const SETS_POLICY = /\becho\s+(?:-n\s+)?["']?(\w+)["']?\s*>\s*\S*\/auto_online_blocks/;

/** Sets the policy: behind the script's own last line that does, else at the top. */
function policyEdits(situation: Situation, policy: string): readonly Edit[] {
  const found = scriptLine(situation);
  if (found === null) return [];
  const { source } = found;
  const lines = linesOf(source);
  const added = `echo ${policy} > ${POLICY}`;
  const last = lines.findLastIndex((text) => !/^\s*#/.test(text) && SETS_POLICY.test(text));
  const text = lines[last];
  if (text === undefined) return insertAtTop(situation, added);
  if (SETS_POLICY.exec(text)?.[1] === policy) return [];
  const line = source.place.line + last + 1;
  return [{ file: source.place.file, line, removed: 0, added: [indentOf(text) + added] }];
}

const policyOffline: Remedy = {
  id: 'policy-offline',
  title: 'set auto_online_blocks to offline before anything is bound',
  setsPolicy: true,
  edits: (situation) => policyEdits(situation, 'offline'),
};

const onlineMovable: Remedy = {
  id: 'online-movable-first',
  title: 'set auto_online_blocks to online_movable before anything is bound',
  setsPolicy: true,
  edits: (situation) => policyEdits(situation, 'online_movable'),
};

const settle: Remedy = {
  id: 'settle-first',
  title: 'wait for udev before the line that comes too late',
  setsPolicy: false,
  edits: (situation) => {
    const found = scriptLine(situation);
    if (found === null || rulesOf(situation).length === 0) return [];
    const { source, place } = found;
    const added = [`${indentOf(textAt(source, place.line))}udevadm settle`];
    return [{ file: place.file, line: place.line, removed: 0, added }];
  },
};

const checkFirst: Remedy = {
  id: 'offline-and-check',
  title: 'take the memory offline, and give up where that fails, right before the unbind',
  setsPolicy: false,
  edits: (situation) =>
    unbindLines(situation).map(({ source, line, device, text }) => ({
      file: source.place.file,
      line,
      removed: 0,
      added: [`${indentOf(text)}daxctl offline-memory ${device} || exit 1`],
    })),
};

const daxctlDevdax: Remedy = {
  id: 'daxctl-devdax',
  title: 'let daxctl change the mode: it looks that no memory is online before it unbinds',
  setsPolicy: false,
  edits: (situation) =>
    unbindLines(situation).map(({ source, line, device, text }) => ({
      file: source.place.file,
      line,
      removed: 1 + followers(source, line),
      added: [
        `${indentOf(text)}daxctl reconfigure-device --force --mode=devdax ${device} || exit 1`,
      ],
    })),
};

const oneCommand: Remedy = {
  id: 'one-command',
  title: 'let one daxctl command do both: memory that is online already is no failure there',
  setsPolicy: false,
  edits: (situation) =>
    scriptsOf(situation).flatMap((source) =>
      linesOf(source).flatMap((text, index) => {
        const next = linesOf(source)[index + 1] ?? '';
        const isPair = /daxctl\s+reconfigure-device\b.*(--no-online|\s-N\b)/.test(text);
        if (!isPair || !/daxctl\s+online-memory\b/.test(next)) return [];
        const added = [text.replace(/\s+(--no-online|-N\b)/, '')];
        const line = source.place.line + index;
        return [{ file: source.place.file, line, removed: 2, added }];
      }),
    ),
};

/** What nobody may find out when it is too late. */
const OTHER_MEMORY = '; all other memory that is added then stays as auto_online_blocks says';

const removeRule: Remedy = {
  id: 'remove-rule',
  title: `take the udev rule away${OTHER_MEMORY}`,
  setsPolicy: false,
  edits: (situation) => {
    const seen = new Set<string>();
    return racing(situation).flatMap(({ place }) => {
      const source = rulesOf(situation).find((rules) => isIn(rules, place));
      const key = `${place.file}:${place.line}`;
      if (source === undefined || seen.has(key)) return [];
      seen.add(key);
      const count = ruleLines(source, place.line);
      const from = place.line - source.place.line;
      const added = linesOf(source)
        .slice(from, from + count)
        .map(commented);
      return [{ file: place.file, line: place.line, removed: count, added }];
    });
  },
};

/** A rule that changes the state of a memory block. */
const ONLINES = /ATTR\{(?:state|online)\}\s*:?=\s*"/;

const removeRules: Remedy = {
  id: 'remove-rules',
  title: `take every udev rule away that changes the state of memory${OTHER_MEMORY}`,
  setsPolicy: false,
  edits: (situation) => {
    const edits = rulesOf(situation).flatMap((source) =>
      linesOf(source).flatMap((text, index): readonly Edit[] => {
        if (/^\s*#/.test(text) || !ONLINES.test(text)) return [];
        const line = source.place.line + index;
        const count = ruleLines(source, line);
        const removed = linesOf(source).slice(index, index + count);
        return [{ file: source.place.file, line, removed: count, added: removed.map(commented) }];
      }),
    );
    return edits.length > 1 ? edits : [];
  },
};

const commented = (text: string): string => `# ${text}`;

/** The feature by which a kernel has daxX.Y/state. */
const STATE_FILE = 'kmem-state';

const stateFile: Remedy = {
  id: 'state-file',
  title: 'unplug the whole device by its own state file: all of it or nothing',
  setsPolicy: false,
  edits: (situation) => {
    if (!situation.features.has(STATE_FILE)) return [];
    return unbindLines(situation).map(({ source, line, device, text }) => {
      const name = device.replace(/^"|"$/g, '');
      const file = `/sys/bus/dax/devices/${name}/state`;
      const added = [`${indentOf(text)}echo unplugged > "${file}" || exit 1`];
      return { file: source.place.file, line, removed: 0, added };
    });
  },
};

/** In the order in which they are tried: what changes least first. */
export const REMEDIES: readonly Remedy[] = [
  settle,
  policyOffline,
  onlineMovable,
  oneCommand,
  checkFirst,
  daxctlDevdax,
  stateFile,
  removeRule,
  removeRules,
];
