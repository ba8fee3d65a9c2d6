/**
 * Reads what the user names: files, archives, folders, one after the other into the same facts.
 */
import { readFileSync, statSync } from 'node:fs';
import { diagnose } from '../errors.js';
import { FILE_BYTES_MAX, readTextFile } from '../model/files.js';
import { ArchiveError } from './bzip2.js';
import { emptyFacts, type Facts, refuse } from './facts.js';
import { readListing } from './listing.js';
import { readLsmem } from './lsmem.js';
import { readSysfs } from './sysfs.js';
import { readCommandLine, readConfig, readRoot, readRules } from './system.js';
import { readToolList } from './toolList.js';
import { archiveTree, type FileTree, folderTree } from './tree.js';

/** What an input is; each has an option of that name. */
export type InputKind =
  | 'iomem'
  | 'list'
  | 'lsmem'
  | 'sysfs'
  | 'config'
  | 'cmdline'
  | 'rules'
  | 'root';

export interface Input {
  readonly kind: InputKind;
  /** A path; `-` for what `stdin` gives. */
  readonly path: string;
}

const READERS: {
  readonly [K in Exclude<InputKind, 'sysfs' | 'root'>]: (
    text: string,
    file: string,
    facts: Facts,
  ) => void;
} = {
  iomem: readListing,
  list: readToolList,
  lsmem: readLsmem,
  config: readConfig,
  cmdline: (text, file, facts) => {
    readCommandLine(text, { file, line: 1, column: 1 }, facts);
  },
  rules: readRules,
};

/** Reads one text as what it is. */
export function readText(
  kind: keyof typeof READERS,
  text: string,
  file: string,
  facts: Facts,
): void {
  if (kind === 'iomem' && facts.listing !== null) {
    const place = { file, line: 1, column: 1 };
    refuse(facts, 'DAX510', place, `a listing is there already: ${facts.listing.place.file}`);
    return;
  }
  READERS[kind](text, file, facts);
}

/** Opens a folder or an archive; null (with a fault) where it is neither. */
export function openTree(path: string, facts: Facts): FileTree | null {
  const place = { file: path, line: 1, column: 1 };
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return folderTree(path);
    if (stat.size > FILE_BYTES_MAX) {
      const limit = `${FILE_BYTES_MAX} bytes`;
      refuse(facts, 'DAX518', place, `the archive has ${stat.size} bytes`, { limit });
      return null;
    }
    return archiveTree(readFileSync(path), path);
  } catch (error) {
    if (error instanceof ArchiveError) refuse(facts, 'DAX506', place, error.message);
    else if (error instanceof Error && 'code' in error) {
      refuse(facts, 'DAX003', place, `cannot be read (${error.code})`, { reason: `${error.code}` });
    } else throw error;
    return null;
  }
}

function readTree(kind: 'sysfs' | 'root', path: string, facts: Facts): void {
  const tree = openTree(path, facts);
  if (tree === null) return;
  if (kind === 'root') readRoot(tree, facts);
  // `--sysfs /sys` names the folder itself: what lies in it is below `sys`.
  else if (tree.names('sys').length === 0 && tree.names('devices').length > 0) {
    readSysfs(below(tree), facts);
  } else readSysfs(tree, facts);
}

/** The tree whose folder `sys` is this one. */
function below(tree: FileTree): FileTree {
  const inside = (path: string): string => path.replace(/^sys\/?/, '');
  return {
    read: (path) => tree.read(inside(path)),
    bytes: (path) => tree.bytes(inside(path)),
    names: (path) => tree.names(inside(path)),
    real: (path) => {
      const found = tree.real(inside(path));
      return found === null ? null : `sys/${found}`;
    },
    shown: (path) => tree.shown(inside(path)),
  };
}

/** Reads every input, in the order in which they are named. */
export function readInputs(inputs: readonly Input[], stdin: () => string): Facts {
  const facts = emptyFacts();
  for (const { kind, path } of inputs) {
    if (kind === 'sysfs' || kind === 'root') {
      readTree(kind, path, facts);
      continue;
    }
    if (path === '-') {
      readText(kind, stdin(), '<stdin>', facts);
      continue;
    }
    const file = readTextFile(path, { file: path, line: 1, column: 1 });
    if (file.ok) readText(kind, file.text, path, facts);
    else facts.faults.push(file.fault);
  }
  if (facts.faults.length === 0 && inputs.length === 0) {
    const place = { file: 'import', line: 1, column: 1 };
    facts.faults.push(diagnose('DAX511', place, 'no input is named', { how: '--live' }));
  }
  return facts;
}
