/** Keeps the focus where parts of the page are drawn again. */

/** What has the focus inside an element that is drawn again, by its label. */
export function labelOfFocus(element: HTMLElement): string | null {
  const focused = document.activeElement;
  if (focused === null || !element.contains(focused)) return null;
  return focused.getAttribute('aria-label') ?? focused.textContent;
}

/** Gives the focus back: to what has the label, else to an element around it. */
export function focusByLabel(
  element: HTMLElement,
  label: string,
  otherwise: HTMLElement = element,
): void {
  for (const candidate of element.querySelectorAll<HTMLElement>('a, button, summary, [tabindex]')) {
    const name = candidate.getAttribute('aria-label') ?? candidate.textContent;
    if (name !== label) continue;
    candidate.focus({ preventScroll: true });
    return;
  }
  otherwise.focus({ preventScroll: true });
}
