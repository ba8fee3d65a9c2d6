/**
 * The report of a run: pure functions from its batches to a record, and from that to a table.
 *
 * docs/lab-report.md has the fields of report.json, which is the record as it is.
 */
import { labelled, PAGE_WIDTH } from '../../report/layout.js';
import type { Batch, Finding } from './record.js';

/** More steps than this that the model leaves open, and a run says too little. */
export const SEVERAL_SHARE_MAX = 0.02;

/** What was compared; every text as the caller knows it. */
export interface About {
  readonly model: string;
  /** The kernel that the model predicts. */
  readonly kernel: string;
  /** The kernel that ran. */
  readonly release: string;
  readonly features: readonly string[];
  /** The rig and whatever else belongs to the machine. */
  readonly configuration: Readonly<Record<string, string>>;
}

/** What a run is asked to play. */
export type Extent =
  | { readonly kind: 'tours'; readonly depth: number }
  | {
      readonly kind: 'random';
      readonly traces: number;
      readonly length: number;
      readonly seed: number;
    };

export interface ConformReport {
  readonly format: 1;
  readonly about: About;
  readonly extent: Extent;
  /**
   * 'agrees'; 'differs': the kernel did something that the model does not predict; 'undetermined':
   * the model leaves too many steps open; 'incomplete': something was not played.
   */
  readonly verdict: 'agrees' | 'differs' | 'undetermined' | 'incomplete';
  readonly traces: number;
  readonly steps: number;
  readonly resets: number;
  readonly replays: number;
  readonly transitions: {
    readonly covered: number;
    readonly different: number;
    /** Those within the depth of a tour; null for random traces. */
    readonly all: number | null;
  };
  readonly several: {
    readonly steps: number;
    readonly share: number;
    readonly ambiguous: number;
    readonly reasons: readonly { readonly reason: string; readonly steps: number }[];
  };
  /** One for each class; those that the model does not predict first. */
  readonly findings: readonly (Finding & { readonly count: number })[];
  readonly measured: { readonly seconds: number; readonly stepsPerSecond: number };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Adds up records of counts, by name. */
function addUp(counts: readonly Readonly<Record<string, number>>[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const [name, count] of counts.flatMap((one) => Object.entries(one))) {
    all.set(name, (all.get(name) ?? 0) + count);
  }
  return all;
}

/**
 * Makes the report of batches.
 *
 * @param all transitions within the depth of a tour; null for random traces.
 */
export function reportOf(
  about: About,
  extent: Extent,
  batches: readonly Batch[],
  all: number | null,
): ConformReport {
  const steps = sum(batches.map((batch) => batch.steps));
  const reasons = addUp(batches.map(({ several }) => several));
  const open = sum([...reasons.values()]);
  const share = steps === 0 ? 0 : open / steps;
  const counts = addUp(batches.map(({ problems }) => problems));
  const findings = new Map(
    batches.flatMap((batch) => batch.findings).map((finding) => [finding.class, finding]),
  );
  const listed = [...findings.values()]
    .map((finding) => ({ ...finding, count: counts.get(finding.class) ?? 1 }))
    .sort(
      (left, right) => Number(left.isPredicted) - Number(right.isPredicted) || byCount(left, right),
    );
  const covered = new Set(batches.flatMap((batch) => batch.covered)).size;
  const traces = new Set(batches.flatMap(({ trace }) => (trace === null ? [] : [trace]))).size;
  const milliseconds = sum(batches.map((batch) => batch.milliseconds));
  const isWhole = extent.kind === 'tours' ? covered === all : traces === extent.traces;
  const differs = listed.some(({ isPredicted }) => !isPredicted);
  const verdict = differs
    ? 'differs'
    : share > SEVERAL_SHARE_MAX
      ? 'undetermined'
      : isWhole
        ? 'agrees'
        : 'incomplete';
  return {
    format: 1,
    about,
    extent,
    verdict,
    traces,
    steps,
    resets: sum(batches.map((batch) => batch.resets)),
    replays: sum(batches.map((batch) => batch.replays)),
    transitions: {
      covered,
      different: new Set(batches.flatMap((batch) => batch.different)).size,
      all,
    },
    several: {
      steps: open,
      share,
      ambiguous: sum(batches.map((batch) => batch.ambiguous)),
      reasons: [...reasons]
        .map(([reason, count]) => ({ reason, steps: count }))
        .sort((left, right) => right.steps - left.steps || (left.reason < right.reason ? -1 : 1)),
    },
    findings: listed,
    measured: {
      seconds: milliseconds / 1000,
      stepsPerSecond: milliseconds === 0 ? 0 : (steps * 1000) / milliseconds,
    },
  };
}

const byCount = (
  left: { readonly count: number; readonly class: string },
  right: { readonly count: number; readonly class: string },
): number => right.count - left.count || (left.class < right.class ? -1 : 1);

const VERDICTS: Readonly<Record<ConformReport['verdict'], string>> = {
  agrees: 'the kernel does what the model says',
  differs: 'the kernel does not do what the model says',
  undetermined: 'the model leaves too many steps open',
  incomplete: 'not everything was played',
};

const indented = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');

function findingText(finding: ConformReport['findings'][number], number: number): string {
  const { kind, count, trace, differences, isReproduced, violated } = finding;
  const says = finding.isPredicted ? 'as the model says' : 'the model says otherwise';
  const head = `${number}. ${kind}, ${count} times; ${says}`;
  const broken = violated.length === 0 ? [] : [`   the model: ${violated.join(', ')} violated`];
  const made = isReproduced ? [] : ['   seen once; playing it again did not show it'];
  return [
    head,
    ...trace.map((command) => `   $ ${command}`),
    ...differences.flatMap(({ what, predicted, real }) => [
      `   ${what}`,
      `     model:  ${indented(predicted, ' '.repeat(13)).trimStart()}`,
      `     kernel: ${indented(real, ' '.repeat(13)).trimStart()}`,
    ]),
    ...broken,
    ...made,
    ...finding.console.slice(-8).map((line) => `   | ${line}`),
  ].join('\n');
}

/** What the guest was; report.json has all features by name. */
function configurationRows({ configuration, features }: About): (readonly [string, string])[] {
  const all = Object.entries(configuration).filter(([name]) => name !== 'release');
  const options = all.filter(([name]) => name.startsWith('CONFIG_'));
  const text = options.map(([name, value]) => `${name.slice(7)}=${value}`).join(' ');
  return [
    ...all.filter(([name]) => !name.startsWith('CONFIG_') && name !== 'features'),
    ['features', `${configuration.features ?? ''} (${features.length})`.trim()],
    ...(options.length === 0 ? [] : [['configuration', text] as const]),
  ];
}

/** Renders a report as a table. */
export function renderConform(report: ConformReport): string {
  const { about, extent, transitions, several, measured } = report;
  const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
  const played =
    extent.kind === 'tours'
      ? `every transition from the states within ${extent.depth} commands`
      : `${extent.traces} traces of ${extent.length} commands, seed ${extent.seed}`;
  const { covered, all, different } = transitions;
  const share = all === null ? `${covered}` : `${covered} of ${all}`;
  const rows: readonly (readonly [string, string])[] = [
    ['model', `${about.model}, ${about.kernel}`],
    ['kernel', about.release],
    ...configurationRows(about),
    ['asked', played],
    ...(extent.kind === 'random' ? [['traces', String(report.traces)] as const] : []),
    ['steps', `${report.steps}, ${report.resets} resets, ${report.replays} traces to shorten`],
    ['transitions', `${share}, ${different} different`],
    ['several answers', `${several.steps} steps, ${percent(several.share)}`],
    ...several.reasons.map(({ reason, steps }) => ['', `${steps}: ${reason}`] as const),
    [
      'rate',
      `${measured.stepsPerSecond.toFixed(1)} steps a second, ${measured.seconds.toFixed(0)} s`,
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const columns = { indent: 0, labelWidth: width + 2, width: PAGE_WIDTH };
  const table = rows.flatMap(([name, text]) => labelled(name, text, columns));
  const findings = report.findings.map((finding, index) => findingText(finding, index + 1));
  const verdict = `${report.verdict}: ${VERDICTS[report.verdict]}`;
  return `${[...table, '', ...findings.flatMap((text) => [text, '']), verdict].join('\n')}\n`;
}
