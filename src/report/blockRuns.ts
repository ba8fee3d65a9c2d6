/** Joins what is said of consecutive memory blocks into one saying: memory33-41. */

const BLOCK = /\bmemory(\d+)/g;

const hasBlock = (text: string): boolean => text.search(BLOCK) >= 0;

const shifted = (text: string, by: number): string =>
  text.replace(BLOCK, (_, index: string) => `memory${Number(index) + by}`);

const spanned = (text: string, more: number): string =>
  text.replace(BLOCK, (_, index: string) => `memory${index}-${Number(index) + more}`);

/** How often the `period` texts from `at` on are said again, each time of the next block. */
function repeatsOf(texts: readonly string[], at: number, period: number): number {
  const unit = texts.slice(at, at + period);
  if (unit.length < period || !unit.some(hasBlock)) return 0;
  for (let times = 1; ; times++) {
    const from = at + times * period;
    const isSame = unit.every((text, index) => texts[from + index] === shifted(text, times));
    if (!isSame) return times - 1;
  }
}

/**
 * Joins runs of texts that differ in the number of the memory block alone.
 *
 * @param longest most texts that are repeated together.
 */
export function joinBlockRuns(texts: readonly string[], longest: number): string[] {
  const joined: string[] = [];
  for (let at = 0; at < texts.length; ) {
    let period = 1;
    let repeats = 0;
    for (let length = 1; length <= longest && repeats === 0; length++) {
      period = length;
      repeats = repeatsOf(texts, at, length);
    }
    if (repeats === 0) period = 1;
    const unit = texts.slice(at, at + period);
    joined.push(...(repeats === 0 ? unit : unit.map((text) => spanned(text, repeats))));
    at += period * (repeats + 1);
  }
  return joined;
}
