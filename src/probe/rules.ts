/**
 * What a probe can ask of a source tree. A rule answers true, false, or null where the file or the
 * function that it looks at is not there; rules are put together by Kleene's logic.
 */
import type { SourceTree } from './tree.js';

export type Rule = (tree: SourceTree) => boolean | null;

/** A feature's id, and what tells it. */
export type FeatureProbe = readonly [feature: string, rule: Rule];

/** Files in which a function was over the years, newest place first. */
export type Places = string | readonly string[];

const listOf = (places: Places): readonly string[] =>
  typeof places === 'string' ? [places] : places;

/** Whether a file is there. */
export const file =
  (path: string): Rule =>
  (tree) =>
    tree.has(path);

/** Whether the text of a file has the pattern; null without the file. */
export const text =
  (path: string, pattern: RegExp): Rule =>
  (tree) => {
    const found = tree.text(path);
    return found === null ? null : pattern.test(found);
  };

/** Whether a function is defined in one of the places; null when none of them is there. */
export const defines =
  (places: Places, name: string): Rule =>
  (tree) => {
    if (tree.body(listOf(places), name) !== null) return true;
    return listOf(places).some((path) => tree.has(path)) ? false : null;
  };

/** Whether a function's text, parameters included, has the pattern; null without it. */
export const inside =
  (places: Places, name: string, pattern: RegExp): Rule =>
  (tree) => {
    const found = tree.body(listOf(places), name);
    return found === null ? null : pattern.test(found);
  };

/** Whether in a function the first match of `a` stands before the first of `b`. */
export const precedes =
  (places: Places, name: string, a: RegExp, b: RegExp): Rule =>
  (tree) => {
    const found = tree.body(listOf(places), name);
    if (found === null) return null;
    const [first, second] = [found.search(a), found.search(b)];
    return first < 0 || second < 0 ? null : first < second;
  };

/** False where one is false, else null where one is null, else true. */
export const all =
  (...rules: readonly Rule[]): Rule =>
  (tree) => {
    const answers = rules.map((rule) => rule(tree));
    if (answers.includes(false)) return false;
    return answers.includes(null) ? null : true;
  };

/** True where one is true, else null where one is null, else false. */
export const any =
  (...rules: readonly Rule[]): Rule =>
  (tree) => {
    const answers = rules.map((rule) => rule(tree));
    if (answers.includes(true)) return true;
    return answers.includes(null) ? null : false;
  };

/** The first answer that is not null: for what had another name once. */
export const first =
  (...rules: readonly Rule[]): Rule =>
  (tree) =>
    rules.map((rule) => rule(tree)).find((answer) => answer !== null) ?? null;

/** The other answer; null stays null. */
export const not =
  (rule: Rule): Rule =>
  (tree) => {
    const answer = rule(tree);
    return answer === null ? null : !answer;
  };

/** What is taken where a rule's file or function is not there. */
export const otherwise =
  (rule: Rule, answer: boolean): Rule =>
  (tree) =>
    rule(tree) ?? answer;
