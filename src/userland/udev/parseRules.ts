/**
 * Parses udev rules: lines of `KEY{attribute} operator "value"`, joined by commas.
 *
 * No library reads this format. Follows udev(7): comments start a line, a backslash at the end of a
 * line joins it to the next, `\"` is a quote inside a value.
 */

import { type Diagnostic, diagnose } from '../../errors.js';
import type { Place, SourceText } from '../../model/model.js';
import { type PlaceOf, placesOf } from '../source.js';

export type RuleOperator = '==' | '!=' | '=' | '+=' | '-=' | ':=';

export interface RuleKey {
  readonly name: string;
  /** In braces after the name; null without. */
  readonly attribute: string | null;
  readonly operator: RuleOperator;
  readonly value: string;
  readonly place: Place;
}

/** One rule: its keys as written, and its line for traces. */
export interface Rule {
  readonly keys: readonly RuleKey[];
  readonly place: Place;
  readonly text: string;
}

export interface ParsedRules {
  readonly rules: readonly Rule[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a text of rules. A line at fault is left out, and the others are parsed all the same. */
export function parseRules(source: SourceText): ParsedRules {
  const placeOf = placesOf(source);
  const rules: Rule[] = [];
  const diagnostics: Diagnostic[] = [];
  let offset = 0;
  for (const line of logicalLines(source.text)) {
    const start = offset;
    offset += line.length;
    const lead = /^\s*/.exec(line)?.[0].length ?? 0;
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const keys: RuleKey[] = [];
    const bad = scanKeys(line, lead, start, placeOf, keys);
    if (bad !== null) diagnostics.push(bad);
    else rules.push({ keys, place: placeOf(start + lead), text: oneLine(text) });
  }
  return { rules, diagnostics };
}

/** Lines with their ends, a line ending in a backslash together with the next. */
function logicalLines(text: string): string[] {
  const lines = text.match(/[^\n]*(?:\n|$)/g) ?? [];
  const joined: string[] = [];
  let open = '';
  for (const line of lines) {
    open += line;
    const comment = /^\s*#/.test(open);
    if (!comment && /\\\r?\n$/.test(line)) continue;
    joined.push(open);
    open = '';
  }
  if (open !== '') joined.push(open);
  return joined;
}

const LINE_TEXT_MAX = 200;

function oneLine(text: string): string {
  return text.replace(/\\\r?\n\s*/g, '').slice(0, LINE_TEXT_MAX);
}

/** One key; blanks, joined lines and commas around it belong to it. */
const KEY = /([A-Z_]+)(?:\{([^}\n]*)\})?\s*(==|!=|\+=|-=|:=|=)\s*"((?:[^"\\\n]|\\[^\n])*)"/y;
const GAP = /(?:\s|,|\\\r?\n)*/y;

function scanKeys(
  line: string,
  lead: number,
  start: number,
  placeOf: PlaceOf,
  keys: RuleKey[],
): Diagnostic | null {
  let index = lead;
  while (index < line.length) {
    KEY.lastIndex = index;
    const match = KEY.exec(line);
    const place = placeOf(start + index);
    if (match === null) {
      const found = line.slice(index).trim().split(/\s/, 1)[0]?.slice(0, 40) ?? '';
      const suggestion = 'keys read NAME=="value" or NAME{attribute}="value", joined by commas';
      return diagnose('DAX220', place, `expected a key, found ${found}`, { suggestion });
    }
    const [whole, name = '', attribute, operator = '=', raw = ''] = match;
    keys.push({
      name,
      attribute: attribute ?? null,
      operator: operator as RuleOperator,
      value: raw.replace(/\\"/g, '"'),
      place,
    });
    GAP.lastIndex = index + whole.length;
    index = GAP.lastIndex + (GAP.exec(line)?.[0].length ?? 0);
  }
  return null;
}
