/** A text to take along, in a dialog: to be read, copied, or saved as a file. */
import { fill, h } from './dom.js';

export interface CopyText {
  readonly title: string;
  /** Of the file, when it is saved. */
  readonly file: string;
  readonly text: string;
}

export interface CopyDialog {
  readonly element: HTMLDialogElement;
  show(text: CopyText): void;
}

const LINES_MAX = 24;

/** Makes the dialog; the caller puts its element into the page. */
export function makeCopyDialog(): CopyDialog {
  const element = h('dialog', { class: 'help copy', 'aria-label': 'Copy the way' });
  const show = ({ title, file, text }: CopyText): void => {
    const area = h('textarea', {
      class: 'copy-text',
      readonly: true,
      spellcheck: 'false',
      'aria-label': title,
      rows: Math.min(LINES_MAX, text.split('\n').length),
    });
    area.value = text;
    const said = h('span', { class: 'faint', role: 'status' });
    const copy = async (): Promise<void> => {
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = 'Copied.';
      } catch {
        area.select();
        said.textContent = 'The browser does not let the page copy: the text is selected.';
      }
    };
    const url = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`;
    fill(
      element,
      h('h2', {}, title),
      area,
      h(
        'form',
        { method: 'dialog', class: 'copy-foot' },
        h('button', { type: 'button', class: 'button', click: () => void copy() }, 'Copy'),
        h('a', { class: 'button', href: url, download: file }, 'Save'),
        h('button', { type: 'submit', class: 'button' }, 'Close'),
        said,
      ),
    );
    element.showModal();
  };
  return { element, show };
}
