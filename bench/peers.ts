/**
 * The other checkers: which are installed, and how each is made ready to search a subject.
 *
 * The texts are those of bench/peers/systems/. Whatever a checker generates and compiles is made
 * before anything is measured.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, numberIn, type Outcome } from './contender.js';
import { isInstalled } from './process.js';
import type { Subject } from './subjects.js';

export interface Peer {
  readonly tool: 'SPIN' | 'rumur' | 'TLC';
  /** Its version and how it is compiled, or null and why it is absent. */
  readonly version: string | null;
  readonly absent: string;
  /** Makes the contenders for a subject in an empty folder; none when there is no text for it. */
  readonly prepare: (subject: Subject, folder: string) => readonly Contender[];
}

export interface PeerOptions {
  readonly root: string;
  /** The value of TLA2TOOLS. */
  readonly jar: string | undefined;
  /** How hard the C compiler tries. */
  readonly optimise: '-O0' | '-O3';
}

/** Flags of the compiler, beside those that a table tells. */
const SPIN_C = ['-w', '-march=native', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=20000'];
const RUMUR_C = ['-w', '-DNDEBUG', '-march=native', '-mcx16'];
/**
 * The sizes of SPIN's table that are tried: binary logarithms of its slots, beyond that of the
 * number of states.
 */
const SPIN_SLOTS = [-1, 0, 1, 2, 3, 4];
/** Where each try takes a minute. */
const SPIN_SLOTS_ONCE = [1];
const SPIN_DEPTH = 2_000_000;

const missing = (programs: readonly string[]): string[] => programs.filter((p) => !isInstalled(p));

function printed(program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  return `${done.stdout ?? ''}${done.stderr ?? ''}`;
}

function readSpin(stdout: string): Outcome {
  return {
    states: numberIn(stdout, /([\d.e+]+) states, stored/),
    // It counts the initial state, and prints eight digits at most.
    transitions: numberIn(stdout, /([\d.e+]+) transitions \(/) - 1,
    seconds: numberIn(stdout, /elapsed time ([\d.e+-]+) seconds/),
    searchBytes: null,
  };
}

function prepareSpin(
  { texts, states, bench }: Subject,
  folder: string,
  { root, optimise }: PeerOptions,
): Contender[] {
  const source = join(root, 'bench', 'peers', 'systems', texts.promela);
  const defines = Object.entries(texts.defines).map(([name, value]) => `-D${name}=${value}`);
  execFileSync('spin', [...defines, '-a', source], { cwd: folder, stdio: 'pipe' });
  const breadth = { mode: 'breadth first', flags: ['-DBFS'] };
  // Where it runs once, depth first would need a deeper stack than SPIN_DEPTH, and lose states.
  const modes = bench === 'once' ? [breadth] : [breadth, { mode: 'depth first', flags: [] }];
  const fit = Math.ceil(Math.log2(states));
  const beyond = bench === 'once' ? SPIN_SLOTS_ONCE : SPIN_SLOTS;
  const slots = beyond.map((more) => Math.max(10, fit + more));
  return modes.flatMap(({ mode, flags }) => {
    const pan = `pan${flags.join('')}`;
    const compile = [optimise, ...SPIN_C, ...flags, '-o', pan, 'pan.c'];
    execFileSync('gcc', compile, { cwd: folder, stdio: 'pipe' });
    return [...new Set(slots)].map((bits) => ({
      tool: 'SPIN' as const,
      workers: 1,
      flags: `${mode}, -w${bits}`,
      command: { words: [`./${pan}`, '-n', `-w${bits}`, `-m${SPIN_DEPTH}`] as const, folder },
      read: readSpin,
    }));
  });
}

function readRumur(stdout: string): Outcome {
  return {
    states: numberIn(stdout, /(\d+) states, \d+ rules fired in/),
    transitions: numberIn(stdout, /\d+ states, (\d+) rules fired in/),
    seconds: null,
    searchBytes: null,
  };
}

/** Writes the numbers of a subject into the text's line of constants. */
export function withConstants(text: string, defines: Subject['texts']['defines']): string {
  const constants = Object.entries(defines).map(([name, value]) => `${name}: ${value};`);
  return constants.length === 0
    ? text
    : text.replace(/^const .*$/m, `const ${constants.join(' ')}`);
}

function prepareRumur(
  { texts }: Subject,
  folder: string,
  { root, optimise }: PeerOptions,
): Contender[] {
  if (texts.murphi === null) return [];
  const text = readFileSync(join(root, 'bench', 'peers', 'systems', texts.murphi), 'utf8');
  writeFileSync(join(folder, 'model.m'), withConstants(text, texts.defines));
  return [1, 2].map((workers) => {
    const name = `checker${workers}`;
    const off = ['--symmetry-reduction', 'off', '--deadlock-detection', 'off'];
    const options = [...off, '--threads', `${workers}`, '--output', `${name}.c`, 'model.m'];
    execFileSync('rumur', options, { cwd: folder, stdio: 'pipe' });
    const compile = [optimise, ...RUMUR_C, `${name}.c`, '-o', name, '-lpthread'];
    execFileSync('gcc', compile, { cwd: folder, stdio: 'pipe' });
    const command = { words: [`./${name}`] as const, folder };
    return { tool: 'rumur' as const, workers, flags: 'exact', command, read: readRumur };
  });
}

function readTlc(stdout: string): Outcome {
  const pattern = /([\d,]+) states generated, ([\d,]+) distinct states found, 0 states left/;
  return {
    states: numberIn(stdout, /states generated, ([\d,]+) distinct states found, 0 states left/),
    // It counts the initial state.
    transitions: numberIn(stdout, pattern) - 1,
    seconds: null,
    searchBytes: null,
  };
}

function prepareTlc(
  { texts }: Subject,
  folder: string,
  { root, jar = '' }: PeerOptions,
): Contender[] {
  if (texts.tla === null) return [];
  const [module, config] = texts.tla;
  for (const file of texts.tla) {
    copyFileSync(join(root, 'bench', 'peers', 'systems', file), join(folder, file));
  }
  const java = ['java', '-XX:+UseParallelGC', '-Xmx4g', '-cp', jar, 'tlc2.TLC'] as const;
  const words = [...java, '-workers', '1', '-config', config, module] as const;
  const flags = '64-bit fingerprints, -Xmx4g';
  return [{ tool: 'TLC', workers: 1, flags, command: { words, folder }, read: readTlc }];
}

/** Looks which checkers are there. */
export function findPeers(options: PeerOptions): readonly Peer[] {
  const { jar, optimise } = options;
  const lackSpin = missing(['spin', 'gcc']);
  const lackRumur = missing(['rumur', 'gcc']);
  const lackTlc = tlcLacks(jar);
  const version = (program: string, option: string, flags: readonly string[]): string => {
    const told = /[vV]ersion v?([\w.-]+)/.exec(printed(program, [option]))?.[1];
    return `${told ?? 'of unknown version'}; gcc ${[optimise, ...flags].join(' ')}`;
  };
  return [
    {
      tool: 'SPIN',
      version: lackSpin.length > 0 ? null : version('spin', '-V', SPIN_C),
      absent: `no ${lackSpin.join(', no ')}`,
      prepare: (subject, folder) => prepareSpin(subject, folder, options),
    },
    {
      tool: 'rumur',
      version: lackRumur.length > 0 ? null : version('rumur', '--version', RUMUR_C),
      absent: `no ${lackRumur.join(', no ')}`,
      prepare: (subject, folder) => prepareRumur(subject, folder, options),
    },
    {
      tool: 'TLC',
      version: lackTlc === null ? tlcVersion(jar ?? '') : null,
      absent: lackTlc ?? '',
      prepare: (subject, folder) => prepareTlc(subject, folder, options),
    },
  ];
}

function tlcLacks(jar: string | undefined): string | null {
  if (jar === undefined || jar === '') return 'TLA2TOOLS names no jar';
  if (!existsSync(jar)) return `TLA2TOOLS names ${jar}, which is not there`;
  return isInstalled('java') ? null : 'no java';
}

function tlcVersion(jar: string): string {
  const text = printed('java', ['-cp', jar, 'tlc2.TLC', '-h']);
  const java = printed('java', ['-version']).split('\n')[0] ?? '';
  const version = /Version ([\w.]+)/.exec(text)?.[1];
  return `${version ?? 'of unknown version'}; ${java}`;
}

/** Makes a folder for what a checker generates. */
export function emptyFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
