/** Texts of several lines where one has to do. */

/** Joins the lines of a text, without the blanks around them; empty ones are left out. */
export function joinLines(text: string, separator: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(separator);
}
