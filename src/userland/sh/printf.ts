/**
 * printf with the formats that scripts use on sysfs files.
 */

/**
 * What `printf words…` prints; null when the format is not supported.
 *
 * Supported: `%s`, `%d` of given words, `%%`, `\n`, `\t`, `\\`; as many conversions as words.
 */
export function printfText(words: readonly string[]): string | null {
  const [format, ...values] = words;
  if (format === undefined) return null;
  let used = 0;
  let supported = true;
  const text = format.replace(/%(.?)|\\(.?)/gs, (_, conversion?: string, escaped?: string) => {
    if (conversion === '%') return '%';
    if (conversion === 's' || conversion === 'd') return values[used++] ?? '';
    const character = escaped === undefined ? undefined : ESCAPES.get(escaped);
    if (character === undefined) supported = false;
    return character ?? '';
  });
  return supported && used >= values.length ? text : null;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['\\', '\\'],
]);
