/**
 * Compares facts about the same thing: one answer, or a contradiction that names both places.
 */
import type { Place } from '../model/model.js';
import { type Fact, type Facts, refuse } from './facts.js';
import type { Known } from './machine.js';

export const shownPlace = (place: Place): string => `${place.file}:${place.line}`;

/** How a value is told. */
type Show<T> = (value: T) => string;

/** Takes the first fact, and refuses every other one that says otherwise. */
export function agreed<T>(
  facts: Facts,
  what: string,
  list: readonly Fact<T>[],
  show: Show<T>,
): Known<T> | null {
  const [first] = list;
  if (first === undefined) return null;
  const other = list.find((fact) => show(fact.value) !== show(first.value));
  if (other !== undefined) {
    const told = `${show(first.value)} by ${shownPlace(first.place)}`;
    const message = `${what} is ${told} and ${show(other.value)} by ${shownPlace(other.place)}`;
    refuse(facts, 'DAX510', other.place, message);
  }
  return { value: first.value, origin: { place: first.place } };
}
