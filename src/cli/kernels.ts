/**
 * `daxcheck kernels`: the releases that are modelled, and the commits they differ by.
 */
import { EXIT } from '../errors.js';
import type { Feature } from '../kernel/features.js';
import { FEATURES, IN_FLIGHT, RELEASES } from '../kernel/features.js';
import type { Terminal } from './terminal.js';

const COMMIT_DIGITS = 12;

function featureLines(feature: Feature): string[] {
  const commit = (feature.commit ?? '').padEnd(COMMIT_DIGITS);
  const requires =
    feature.requires.length === 0 ? [] : [`    requires: ${feature.requires.join(', ')}`];
  return [
    `  ${feature.id}  (since ${feature.since})`,
    `    ${commit.trim() === '' ? '' : `${commit}  `}${feature.title}`,
    `    ${feature.effect ?? 'no behaviour: nothing that userland can see changes'}`,
    ...requires,
  ];
}

function kernelsText(): string {
  const releases = RELEASES.map(
    (release) => `  ${release.name.padEnd(12)}${release.features.length} features`,
  );
  return [
    'Releases (kernel: NAME in a model, or explore --kernel NAME):',
    ...releases,
    '',
    'Features, one for each modelled commit (--without NAME takes one away, with all that require',
    'it):',
    ...[...FEATURES, ...IN_FLIGHT].flatMap(featureLines),
    '',
  ].join('\n');
}

/** Prints releases and features, as text or as one JSON object, and returns the exit status. */
export function kernelsCommand(options: { readonly json?: boolean }, terminal: Terminal): number {
  const features = [...FEATURES, ...IN_FLIGHT].map(({ bit: _bit, ...feature }) => feature);
  const json = (): string => `${JSON.stringify({ releases: RELEASES, features })}\n`;
  terminal.writeOut(options.json === true ? json() : kernelsText());
  return EXIT.holds;
}
