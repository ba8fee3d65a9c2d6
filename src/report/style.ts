/**
 * The colours of the reports: one record of paints, either all plain or all coloured.
 *
 * Whether colour is wanted (a terminal, NO_COLOR, --no-color) is decided by the command line and
 * passed in. Colour is never the only carrier of a meaning: every report reads the same without
 * it.
 */
import * as util from 'node:util';

/** Wraps a text in the codes of one colour, or leaves it as it is. */
export type Paint = (text: string) => string;

export interface Style {
  readonly title: Paint;
  readonly bad: Paint;
  readonly good: Paint;
  readonly warning: Paint;
  readonly faint: Paint;
  readonly added: Paint;
  readonly removed: Paint;
  readonly actor: Paint;
}

type Format = Parameters<typeof util.styleText>[0];

const asIs: Paint = (text) => text;

/** The style without any colour: what files, pipes and NO_COLOR get. */
export const PLAIN: Style = {
  title: asIs,
  bad: asIs,
  good: asIs,
  warning: asIs,
  faint: asIs,
  added: asIs,
  removed: asIs,
  actor: asIs,
};

/** Returns the coloured style when colour is wanted (Node has it since 20.12), else PLAIN. */
export function createStyle(options: { readonly color: boolean }): Style {
  if (!options.color || !('styleText' in util)) return PLAIN;
  return {
    title: paint('bold'),
    bad: paint(['bold', 'red']),
    good: paint('green'),
    warning: paint('yellow'),
    faint: paint('gray'),
    added: paint('green'),
    removed: paint('red'),
    actor: paint(['bold', 'cyan']),
  };
}

function paint(format: Format): Paint {
  // The decision is the caller's: it must not look at a stream of its own.
  return (text) => (text === '' ? '' : util.styleText(format, text, { validateStream: false }));
}
