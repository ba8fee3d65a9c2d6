/**
 * Reads the values of command-line options, and says what was expected where one cannot be read.
 */
import { InvalidArgumentError } from 'commander';
import {
  FEATURES,
  isFeature,
  isRelease,
  kernelRequestOf,
  RELEASES,
  resolveKernel,
} from '../kernel/features.js';
import { REDUCTIONS, type Reduction } from '../kernel/reductions.js';
import { KNOWN_RELEASES } from '../kernel/releases.js';
import type { Granularity, Model } from '../model/model.js';
import { parseSize } from '../model/quantity.js';
import { suggestion } from '../model/suggest.js';
import { cutAgain } from '../scope/choose.js';
import { OBSERVABLES, type Observable } from '../verdict/observables.js';

/** Options of `explore` that change what is explored; absent where the model's own value holds. */
export interface Overrides {
  readonly granularity?: Granularity;
  readonly kernel?: string;
  readonly without?: readonly string[];
  readonly maxStates?: number;
  readonly maxDepth?: number;
  readonly continue?: boolean;
}

const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** Reads a whole number of at least one. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^[0-9]+$/.test(text) || count < 1 || count > COUNT_MAX) {
    throw new InvalidArgumentError('Expected a whole number of at least 1.');
  }
  return count;
}

/** Reads a port of TCP; 0 is any that is free. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]+$/.test(text) && port <= 65535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

/** Reads a whole number, zero included. */
export function parseWhole(text: string): number {
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count <= COUNT_MAX) return count;
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${COUNT_MAX}.`);
}

/** Reads a number of worker threads. */
export function parseWorkers(text: string): number {
  const count = parseCount(text);
  if (count > 64) throw new InvalidArgumentError('Expected 1 to 64 workers.');
  return count;
}

/** Reads a positive number of seconds, fractions allowed. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text) || seconds <= 0) {
    throw new InvalidArgumentError('Expected a number of seconds above 0.');
  }
  return seconds;
}

/** Reads how many times as much: a number of at least 1. */
export function parseFactor(text: string): number {
  const factor = Number(text);
  if (/^[0-9]+(\.[0-9]+)?$/.test(text) && factor >= 1) return factor;
  throw new InvalidArgumentError('Expected a number of at least 1.');
}

/** Reads a probability, such as 0.01 or 1e-6. */
export function parseProbability(text: string): number {
  const probability = Number(text);
  if (!/^[0-9.]+(e-?[0-9]+)?$/i.test(text) || !(probability >= 0 && probability <= 1)) {
    throw new InvalidArgumentError('Expected a probability from 0 to 1, such as 1e-6.');
  }
  return probability;
}

/** Reads an amount of memory into bytes. */
export function parseMemory(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null || bytes < 1n << 20n || bytes > BigInt(COUNT_MAX)) {
    throw new InvalidArgumentError('Expected a size of at least 1M, such as 512M or 2G.');
  }
  return Number(bytes);
}

/** Reads `call` or `step`. */
export function parseGranularity(text: string): Granularity {
  if (text === 'call' || text === 'step') return text;
  throw new InvalidArgumentError('Expected call or step.');
}

/** Reads the name of a modelled release; the v may be left out. */
export function parseRelease(text: string): string {
  const name = /^[0-9]/.test(text) ? `v${text}` : text;
  if (isRelease(name)) return name;
  const known = RELEASES.map((release) => release.name);
  const hint = suggestion(name, known, KNOWN_RELEASES);
  throw new InvalidArgumentError(`Not a modelled release: ${hint}.`);
}

/**
 * Reads a kernel as verdicts name it: a release, and `without` and `with` lists of features:
 * 'v5.3 without a, b with c'.
 */
export function parseKernel(text: string): string {
  const { release, without, with: added } = kernelRequestOf(text.trim());
  const name = parseRelease(release);
  if (without.length > 0) parseFeatures(without.join(','));
  if (added.length > 0) parseFeatures(added.join(','));
  return resolveKernel({ release: name, without, with: added }).name;
}

/** Reads what `diff` compares. */
export function parseObserved(text: string): readonly Observable[] {
  const names = text.split(',');
  const found = OBSERVABLES.filter((name) => names.includes(name));
  if (found.length === names.length) return found;
  throw new InvalidArgumentError(`Expected some of ${OBSERVABLES.join(', ')}.`);
}

/** Reads the names of reductions, separated by commas. */
export function parseReductions(text: string): readonly Reduction[] {
  const names = text.split(',');
  const known = REDUCTIONS.map(({ name }) => name);
  const found = known.filter((name) => names.includes(name));
  if (names.every((name) => known.some((other) => other === name))) return found;
  throw new InvalidArgumentError(`Expected some of ${known.join(', ')}, separated by commas.`);
}

/** Reads a list of features, separated by commas, onto those of earlier uses of the option. */
export function parseFeatures(text: string, before: readonly string[] = []): readonly string[] {
  const ids = text.split(',').filter((id) => id !== '');
  const unknown = ids.filter((id) => !isFeature(id));
  if (ids.length > 0 && unknown.length === 0) return [...before, ...ids];
  const known = FEATURES.map((feature) => feature.id);
  const faults = unknown.map((id) => `No feature ${id}: ${suggestion(id, known)}.`);
  throw new InvalidArgumentError(faults.join(' ') || 'Expected names of features.');
}

/** Picks the options that change what is explored. */
export function overridesOf(options: Overrides): Overrides {
  const { granularity, kernel, without, maxStates, maxDepth } = options;
  return {
    ...(granularity !== undefined && { granularity }),
    ...(kernel !== undefined && { kernel }),
    ...(without !== undefined && { without }),
    ...(maxStates !== undefined && { maxStates }),
    ...(maxDepth !== undefined && { maxDepth }),
    ...(options.continue !== undefined && { continue: options.continue }),
  };
}

/**
 * Returns the model with the command line's wishes in place of its own.
 *
 * What the model declares of its verdict holds for the model as written, so any change takes the
 * declaration away.
 */
export function override(model: Model, wishes: Overrides): Model {
  const isChanged = Object.values(wishes).some((wish) => wish !== undefined);
  if (!isChanged) return model;
  return cutAgain({
    ...model,
    granularity: wishes.granularity ?? model.granularity,
    kernel: {
      ...model.kernel,
      release: wishes.kernel ?? model.kernel.release,
      without: [...new Set([...model.kernel.without, ...(wishes.without ?? [])])],
    },
    continueAfterViolation: wishes.continue ?? model.continueAfterViolation,
    limits: {
      states: wishes.maxStates ?? model.limits.states,
      depth: wishes.maxDepth ?? model.limits.depth,
    },
    expect: null,
  });
}
