/**
 * XML by the few rules that a report needs: elements, attributes, text. Any text can be written:
 * characters that XML 1.0 has no way to write become U+FFFD.
 */

/** An element, or what is inside one. */
export type Xml = string;

/** Everything but what XML 1.0 calls a character; half of a pair of surrogates is none. */
const NOT_CHARACTERS = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader makes spaces or line feeds of these, but not where they are written by number.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const legal = (text: string): string => text.replace(NOT_CHARACTERS, '\ufffd');

/** Writes a text, for the inside of an element; line feeds stay as they are. */
export function xmlText(text: string): Xml {
  return legal(text).replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? '');
}

/** Writes the value of an attribute, with its quotes. */
export function xmlValue(text: string): string {
  return `"${legal(text).replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? '')}"`;
}

/** Writes an element; children are elements, each in a line of its own, or one text. */
export function element(
  name: string,
  attributes: { readonly [name: string]: string | number },
  children: readonly Xml[] | { readonly text: string } = [],
): Xml {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}=${xmlValue(String(value))}`,
  );
  const head = `${name}${written.join('')}`;
  if ('text' in children) return `<${head}>${xmlText(children.text)}</${name}>`;
  if (children.length === 0) return `<${head}/>`;
  return `<${head}>\n${children.join('\n')}\n</${name}>`;
}

/** Writes a document around its root. */
export function xmlDocument(root: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}
