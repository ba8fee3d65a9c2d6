/**
 * Elements of the page, written as calls: `h('p', { class: 'note' }, 'text')`. Text is always set
 * as text, so nothing that a model says can become markup.
 */

export type Child = Node | string | null | false | readonly Child[];

/** Attributes; `false` and null leave one out, and a function listens to the event of its name. */
export interface Attributes {
  readonly [name: string]: string | number | boolean | null | ((event: Event) => void);
}

function append(parent: Node, child: Child): void {
  if (child === null || child === false) return;
  if (typeof child === 'string' || child instanceof Node) {
    parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
    return;
  }
  for (const one of child) append(parent, one);
}

/** Makes an element with its attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name === 'style') element.style.cssText = String(value ?? '');
    else if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
  return element;
}

/** Puts other children into an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** A text that may break behind each underscore and slash, as names and paths do. */
export function breakable(text: string): Child {
  return text.split(/(?<=[_/])/).map((piece) => [piece, h('wbr')]);
}

/** The element of the page's frame with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element #${id}`);
  return element;
}
