/**
 * `daxcheck kernels`: the releases that are modelled, the commits they differ by, and what one
 * release has.
 */
import { EXIT } from '../errors.js';
import {
  FEATURES,
  type Feature,
  IN_FLIGHT,
  RELEASES,
  type Release,
  SUBSYSTEMS,
} from '../kernel/features.js';
import { presenceOf, releaseNamed } from '../kernel/releases.js';
import { labelled, PAGE_WIDTH, wrap } from '../report/layout.js';
import type { Terminal } from './terminal.js';

export interface KernelsOptions {
  readonly json?: boolean;
  readonly release?: string;
}

/** Twelve digits of a commit, and its title beside them. */
const COMMIT_COLUMNS = { indent: 4, labelWidth: 14, width: PAGE_WIDTH };
/** Where the names of a release's features begin, and the columns that they have. */
const LIST_INDENT = 27;
const LIST_WIDTH = PAGE_WIDTH - LIST_INDENT;

const indented = (text: string): string[] =>
  wrap(text, PAGE_WIDTH - 4).map((line) => `    ${line}`);

function featureLines(feature: Feature): string[] {
  const title =
    feature.commit === null
      ? indented(feature.title)
      : labelled(feature.commit, feature.title, COMMIT_COLUMNS);
  const note = (label: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : indented(`${label}: ${items.join(', ')}`);
  return [
    `  ${feature.id}  (since ${feature.since})`,
    ...title,
    ...indented(feature.effect ?? 'no behaviour: nothing that userland can see changes'),
    ...note('requires', feature.requires),
    ...note('backports', feature.backports),
  ];
}

function group(name: string, features: readonly Feature[]): string[] {
  return features.length === 0 ? [] : [`${name}:`, ...features.flatMap(featureLines), ''];
}

/** The release that a release's changes are told against: the listed one before it. */
function baseOf(release: Release): Release | null {
  const { name } = release;
  const isPoint = name.split('.').length === 3;
  const series = name.split('.').slice(0, 2).join('.');
  if (isPoint) return releaseNamed(series);
  const mainline = RELEASES.filter((one) => one.name.split('.').length === 2);
  return mainline[mainline.findIndex((one) => one.name === name) - 1] ?? null;
}

function releaseLines(release: Release): string[] {
  const base = baseOf(release);
  const added = release.features.filter((id) => base?.features.includes(id) !== true);
  const from = base?.name ?? '';
  const change = added.length === 0 ? `as ${from}` : `${from} and ${added.join(', ')}`;
  const count = `${String(release.features.length).padStart(3)} features`;
  const unknown = release.unknown.filter((id) => base?.unknown.includes(id) !== true);
  const first = `  ${release.name.padEnd(11)}${count}${base === null ? '' : ': '}`;
  const lines = [
    ...(base === null ? [''] : wrap(change, LIST_WIDTH)),
    ...(unknown.length > 0 ? wrap(`nobody knows: ${unknown.join(', ')}`, LIST_WIDTH) : []),
    ...(release.note === null ? [] : [release.note]),
  ];
  const indent = ' '.repeat(LIST_INDENT);
  return lines.map((line, index) => `${index === 0 ? first : indent}${line}`);
}

function allText(): string {
  return [
    'Releases (kernel: NAME in a model, or explore --kernel NAME), and what each adds:',
    ...RELEASES.flatMap(releaseLines),
    '',
    'Any point release of these may be named as well. Features, one for each modelled commit',
    '(--without NAME takes one away, with all that require it):',
    '',
    ...SUBSYSTEMS.flatMap(([name, features]) => group(name, features)),
    ...group('posted and not merged (only by `with:`)', IN_FLIGHT),
  ].join('\n');
}

function releaseText(release: Release): string {
  const having = (wanted: string) => (feature: Feature) =>
    presenceOf(feature, release.name) === wanted;
  const lists = (wanted: string): string[] =>
    SUBSYSTEMS.flatMap(([name, features]) => group(name, features.filter(having(wanted))));
  const unknown = lists('unknown');
  const absent = FEATURES.filter(having('absent')).map(({ id }) => id);
  const note = release.note === null ? '' : ` (${release.note})`;
  return [
    `${release.name}${note} has ${release.features.length} of ${FEATURES.length} features.`,
    '',
    ...lists('present'),
    ...(unknown.length > 0 ? ['Nobody knows whether it has:', '', ...unknown] : []),
    ...wrap(`It has not: ${absent.join(', ')}`, PAGE_WIDTH),
    '',
  ].join('\n');
}

const withoutBit = ({ bit: _bit, ...feature }: Feature): object => feature;

function kernelsJson(): object {
  const features = SUBSYSTEMS.flatMap(([subsystem, rows]) =>
    rows.map((feature) => ({ ...withoutBit(feature), subsystem })),
  );
  return { releases: RELEASES, features, inFlight: IN_FLIGHT.map(withoutBit) };
}

/**
 * Prints releases and features, or those of one release, as text or as one JSON object, and returns
 * the exit status.
 */
export function kernelsCommand(options: KernelsOptions, terminal: Terminal): number {
  const release = options.release === undefined ? null : releaseNamed(options.release);
  const json = (): string => `${JSON.stringify(release ?? kernelsJson())}\n`;
  const text = (): string => (release === null ? allText() : releaseText(release));
  terminal.writeOut(options.json === true ? json() : text());
  return EXIT.holds;
}
