/** What each key does. */

export type Command =
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'inevitable'
  | 'next-trace'
  | 'previous-trace'
  | 'summary'
  | 'scale'
  | 'extent'
  | 'theme'
  | 'help';

const LETTERS: { readonly [key: string]: Command } = {
  j: 'next',
  k: 'previous',
  i: 'inevitable',
  ']': 'next-trace',
  '[': 'previous-trace',
  s: 'summary',
  g: 'scale',
  m: 'extent',
  d: 'theme',
  '?': 'help',
};

const MOVES: { readonly [key: string]: Command } = {
  ArrowDown: 'next',
  ArrowRight: 'next',
  ArrowUp: 'previous',
  ArrowLeft: 'previous',
  Home: 'first',
  End: 'last',
};

export interface Press {
  readonly key: string;
  /** Ctrl, Alt or Meta is held: the browser's own. */
  readonly isModified: boolean;
  /** Text is typed there. */
  readonly isTyping: boolean;
  /** The focus is in something that arrows scroll. */
  readonly isScrolling: boolean;
}

/** The command of a key, where it is one. */
export function commandOf({ key, isModified, isTyping, isScrolling }: Press): Command | null {
  if (isModified || isTyping) return null;
  const letter = LETTERS[key];
  if (letter !== undefined) return letter;
  return isScrolling ? null : (MOVES[key] ?? null);
}
