/**
 * Pictures as text: elements of SVG, and the colours that fit a light and a dark page.
 *
 * A picture inside a page takes the page's colours; one that stands alone brings its own.
 */

import { xmlText, xmlValue } from './xml.js';

type Attributes = { readonly [name: string]: string | number };

const numberText = (value: number): string => String(Math.round(value * 10) / 10);

/** An element with its attributes and what is inside it, which is markup already. */
export function element(name: string, attributes: Attributes, ...inside: string[]): string {
  const pairs = Object.entries(attributes).map(([key, value]) => {
    return ` ${key}=${xmlValue(typeof value === 'number' ? numberText(value) : value)}`;
  });
  const head = `${name}${pairs.join('')}`;
  return inside.length === 0 ? `<${head}/>` : `<${head}>${inside.join('')}</${name}>`;
}

/** Colours by their variables in the page: what each is where there is no page, light and dark. */
export const COLOURS = {
  text: ['#1b1f24', '#e7e9ec'],
  faint: ['#565d66', '#a5adb7'],
  line: ['#dcdfe4', '#33383f'],
  'line-strong': ['#8d949e', '#737c88'],
  panel: ['#ffffff', '#1a1d21'],
  accent: ['#1f57b8', '#8fb5ff'],
  bad: ['#a8201a', '#ff9a90'],
  'bad-soft': ['#fce7e5', '#411d1a'],
  good: ['#1a6a3a', '#7fd69c'],
  warn: ['#7d4e00', '#f2bd62'],
} as const;

const ink = (name: keyof typeof COLOURS): string => `var(--${name}, ${COLOURS[name][0]})`;

/** The page's colours, each with what holds where there is no page. */
export const INK = {
  text: ink('text'),
  faint: ink('faint'),
  line: ink('line'),
  strong: ink('line-strong'),
  panel: ink('panel'),
  accent: ink('accent'),
  bad: ink('bad'),
  badSoft: ink('bad-soft'),
  good: ink('good'),
  warn: ink('warn'),
} as const;

const tableOf = (at: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, pair]) => `--${name}:${pair[at]}`)
    .join(';');

// Not by light-dark(): a picture is also shown by programs that are no browser.
const ALONE = `:root{${tableOf(0)}}
@media (prefers-color-scheme:dark){:root{${tableOf(1)}}}`;

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** What it is and what it shows, for those who cannot see it. */
  readonly title: string;
  readonly description: string;
  /** Begins the ids inside it; different for each picture of a page. */
  readonly id: string;
  /** Its own file, and no part of a page: with colours, and a ground to stand on. */
  readonly isAlone?: boolean;
}

/** The whole picture. */
export function picture(about: Picture, ...inside: string[]): string {
  const { width, height, title, description, id, isAlone = false } = about;
  const [titleId, descriptionId] = [`${id}-title`, `${id}-desc`];
  const ground = element('rect', { width, height, fill: INK.panel });
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${numberText(width)} ${numberText(height)}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': `${titleId} ${descriptionId}`,
      'font-family': 'ui-sans-serif, system-ui, sans-serif',
      'font-size': 12,
      // A page lets it be scrolled: made smaller, nobody could read it.
      ...(!isAlone && { style: 'max-width:none' }),
    },
    element('title', { id: titleId }, xmlText(title)),
    element('desc', { id: descriptionId }, xmlText(description)),
    ...(isAlone ? [element('style', {}, ALONE), ground] : []),
    ...inside,
  );
}
