/**
 * Conformance: plays tours or random traces of a model on subjects, several side by side, and
 * compares every step.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from '../../compile/scenario.js';
import { compareSightings } from '../outcome.js';
import type { Subject } from '../subject.js';
import { unfitFor } from './commands.js';
import { type Graph, makeGraph } from './graph.js';
import { minimise } from './minimise.js';
import { makePlayer, type Played, type Player } from './player.js';
import { openPredictor, type Predictor } from './predictor.js';
import { pick, randomOf } from './random.js';
import { type Batch, type Finding, openProgress, type Progress } from './record.js';
import { type About, type ConformReport, type Extent, renderConform, reportOf } from './report.js';
import { type Estimate, estimateTour, makeTour, type Tour } from './tour.js';

export interface ConformRequest {
  readonly scenario: Scenario;
  /** At least one; they are reset before anything is played, and not closed. */
  readonly subjects: readonly Subject[];
  readonly extent: Extent;
  /** Folder for progress and report. */
  readonly out: string;
  readonly about: Pick<About, 'features' | 'configuration'>;
  /** Told before anything is played. */
  readonly onEstimate?: ((estimate: Estimate) => void) | undefined;
  /** Told after every batch. */
  readonly onProgress?: ((soFar: SoFar) => void) | undefined;
  /** Ends the run after the batches at hand; another start goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a run has come, earlier starts included. */
export interface SoFar {
  readonly steps: number;
  readonly resets: number;
  readonly findings: number;
  /** Of one guest. */
  readonly stepsPerSecond: number;
}

export type ConformAnswer =
  | { readonly ok: true; readonly report: ConformReport }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** What all players of a run share. */
interface Run {
  readonly request: ConformRequest;
  readonly predictor: Predictor;
  readonly graph: Graph;
  readonly progress: Progress;
  readonly batches: Batch[];
  readonly counts: Counts;
  /** Classes of problems that have their shortest trace, or are being looked into. */
  readonly classes: Set<string>;
  /** Transitions of the tour in all; null for random traces. */
  readonly all: number | null;
}

interface Counts {
  steps: number;
  resets: number;
  findings: number;
  milliseconds: number;
}

/** States from which a shortest way is looked for, in a run of random traces. */
const RANDOM_DEPTH = 1;

const aboutOf = ({ scenario, subjects, about }: ConformRequest): About => ({
  ...about,
  model: scenario.model.file,
  kernel: scenario.kernel.name,
  release: subjects[0]?.release ?? 'none',
});

/** Runs a conformance run to its end, or until it is interrupted. */
export async function conform(request: ConformRequest): Promise<ConformAnswer> {
  const { scenario, subjects, extent, out } = request;
  const unfit = unfitFor(scenario);
  if (unfit.length > 0) return { ok: false, reasons: unfit };
  const { model, kernel, release } = aboutOf(request);
  const digest = createHash('sha256').update(scenario.bytes).digest('hex').slice(0, 16);
  const opened = openProgress(out, { model, kernel, release, scenario: digest, ...extent });
  if (!opened.ok) return opened;
  const { progress } = opened;
  try {
    const predictor = openPredictor(scenario);
    const graph = makeGraph(predictor, extent.kind === 'tours' ? extent.depth : RANDOM_DEPTH);
    const tour = extent.kind === 'tours' ? tourOf(graph, progress) : null;
    const batches = [...progress.batches];
    const classes = new Set(batches.flatMap(({ findings }) => findings.map((one) => one.class)));
    const counts: Counts = { steps: 0, resets: 0, findings: 0, milliseconds: 0 };
    for (const batch of batches) count(counts, batch);
    const all = tour?.all ?? null;
    const run = { request, predictor, graph, progress, batches, counts, classes, all };
    request.onEstimate?.(estimateOf(run, tour));
    const players = subjects.map((subject) => makePlayer(subject, predictor));
    const strange = await startsAt(players, predictor);
    if (strange.length > 0) return { ok: false, reasons: strange };
    const pending = extent.kind === 'random' ? pendingTraces(extent.traces, batches) : [];
    await Promise.all(
      players.map((player) =>
        tour === null ? playTraces(run, player, pending) : playTour(run, player, tour),
      ),
    );
    return { ok: true, report: writeReport(run) };
  } finally {
    progress.close();
  }
}

/** The tour without what earlier starts have played. */
function tourOf(graph: Graph, progress: Progress): Tour {
  const tour = makeTour(graph);
  for (const { covered, different } of progress.batches) {
    for (const one of different) if (typeof one === 'number') tour.avoid(tour.moveOf(one));
    for (const one of covered) if (typeof one === 'number') tour.close(one);
  }
  return tour;
}

function pendingTraces(count: number, batches: readonly Batch[]): number[] {
  const done = new Set(batches.map(({ trace }) => trace));
  return Array.from({ length: count }, (_, index) => index).filter((index) => !done.has(index));
}

function estimateOf({ request: { extent }, graph, batches }: Run, tour: Tour | null): Estimate {
  if (tour !== null || extent.kind === 'tours') {
    return estimateTour(graph, tour ?? makeTour(graph));
  }
  const traces = pendingTraces(extent.traces, batches).length;
  return { steps: traces * extent.length, resets: traces };
}

/** Resets every subject; in what one is not in the initial state. */
async function startsAt(
  players: readonly Player[],
  predictor: Predictor,
): Promise<readonly string[]> {
  const expected = predictor.sighting(predictor.initial);
  const found = await Promise.all(
    players.map(async (player) => {
      await player.reset();
      return compareSightings(expected, await player.subject.look());
    }),
  );
  return found
    .flat()
    .map(
      ({ what, predicted, real }) =>
        `the guest is not in the model's initial state: ${what} is ${real}, not ${predicted}`,
    );
}

/** A batch without its steps: what every batch begins with. */
function batchOf(run: Run, played: readonly Played[]): Batch {
  const several: Record<string, number> = {};
  const problems: Record<string, number> = {};
  for (const one of played) {
    if (one.several !== null) several[one.several] = (several[one.several] ?? 0) + 1;
    const { problem } = one;
    if (problem !== null) problems[problem.class] = (problems[problem.class] ?? 0) + 1;
  }
  const nameOf = (one: Played): string => `${run.predictor.nameOf(one.state)}/${one.command}`;
  return {
    trace: null,
    covered: played.map(nameOf),
    different: played.filter(({ problem }) => problem?.isPredicted === false).map(nameOf),
    steps: played.length,
    resets: 0,
    replays: 0,
    several,
    ambiguous: played.filter(({ isAmbiguous }) => isAmbiguous).length,
    findings: [],
    problems,
    milliseconds: 0,
  };
}

/** Makes the shortest traces of problems that have none yet. */
async function lookInto(
  run: Run,
  player: Player,
  played: readonly Played[],
): Promise<{ readonly findings: readonly Finding[]; readonly replays: number }> {
  const findings: Finding[] = [];
  let replays = 0;
  const textOf = (command: number): string => run.predictor.commands[command]?.text ?? '?';
  for (const one of played) {
    if (one.problem === null || run.classes.has(one.problem.class)) continue;
    run.classes.add(one.problem.class);
    const least = await minimise(player, run.graph, one);
    replays += least.replays;
    const { isFatal: _isFatal, ...problem } = least.problem;
    findings.push({
      ...problem,
      command: textOf(least.commands.at(-1) ?? one.command),
      trace: least.commands.map(textOf),
      isReproduced: least.isReproduced,
    });
  }
  return { findings, replays };
}

function keep(run: Run, batch: Batch): void {
  run.progress.add(batch);
  run.batches.push(batch);
  count(run.counts, batch);
  const { milliseconds, ...soFar } = run.counts;
  const stepsPerSecond = milliseconds === 0 ? 0 : (soFar.steps * 1000) / milliseconds;
  run.request.onProgress?.({ ...soFar, stepsPerSecond });
}

/** Counted as the run goes on: there may be some ten thousand batches to add up. */
function count(counts: Counts, { steps, resets, findings, milliseconds }: Batch): void {
  counts.steps += steps;
  counts.resets += resets;
  counts.findings += findings.length;
  counts.milliseconds += milliseconds;
}

function writeReport({ request, batches, all }: Run): ConformReport {
  const { extent, out } = request;
  const report = reportOf(aboutOf(request), extent, batches, all);
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(out, 'report.txt'), renderConform(report));
  return report;
}

async function playTour(run: Run, player: Player, tour: Tour): Promise<void> {
  while (run.request.signal?.aborted !== true) {
    const plan = tour.plan(player.state());
    if (plan === null) return;
    const since = performance.now();
    if (plan.reset) await player.reset();
    const played = await player.play(plan.moves.map(({ command }) => command));
    for (const move of plan.moves.slice(played.length)) tour.release(move);
    for (const { state, command, next } of played) {
      if (next === null) tour.avoid({ state, command });
    }
    const { findings, replays } = await lookInto(run, player, played);
    const numberOf = (one: Played): number => tour.transitionOf(one);
    keep(run, {
      ...batchOf(run, played),
      covered: played.filter(tour.has).map(numberOf),
      different: played
        .filter((one) => tour.has(one) && one.problem?.isPredicted === false)
        .map(numberOf),
      resets: plan.reset ? 1 : 0,
      findings,
      replays,
      milliseconds: performance.now() - since,
    });
  }
}

async function playTraces(run: Run, player: Player, pending: number[]): Promise<void> {
  const { extent, signal } = run.request;
  if (extent.kind !== 'random') return;
  for (let trace = pending.shift(); trace !== undefined; trace = pending.shift()) {
    if (signal?.aborted === true) return;
    const since = performance.now();
    await player.reset();
    const played = await playTrace(run, player, extent, trace);
    const { findings, replays } = await lookInto(run, player, played);
    const milliseconds = performance.now() - since;
    keep(run, { ...batchOf(run, played), trace, resets: 1, findings, replays, milliseconds });
  }
}

/** Plays one random trace; it ends early where the kernel leaves the model. */
async function playTrace(
  run: Run,
  player: Player,
  { length, seed }: Extract<Extent, { readonly kind: 'random' }>,
  trace: number,
): Promise<readonly Played[]> {
  const random = randomOf(seed, trace);
  const { predictor } = run;
  const played: Played[] = [];
  while (played.length < length) {
    const commands: number[] = [];
    let state = player.state();
    while (state !== null && played.length + commands.length < length && !predictor.isDead(state)) {
      const command = pick(state, predictor.expand(state, true), random);
      commands.push(command);
      const answers = predictor.answers(state, command);
      state = answers.length === 1 ? (answers[0]?.next ?? null) : null;
    }
    const done = await player.play(commands);
    if (done.length === 0) break;
    played.push(...done);
  }
  return played;
}
