/**
 * Dark or light: as the system says, until the reader chooses. The choice is kept where the browser
 * lets a file keep one.
 */

export type Theme = 'dark' | 'light';

const KEY = 'daxcheck-theme';

function stored(): Theme | null {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'dark' || theme === 'light' ? theme : null;
  } catch {
    // A browser may refuse storage to a file; then the system's choice holds.
    return null;
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As above: the choice then lasts as long as the page.
  }
}

/** The theme that is shown. */
export function themeNow(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'dark' || chosen === 'light') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Takes up the reader's last choice. */
export function restoreTheme(): void {
  const theme = stored();
  if (theme !== null) document.documentElement.dataset.theme = theme;
}

/** Changes to the other theme, and returns it. */
export function switchTheme(): Theme {
  const theme = themeNow() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  store(theme);
  return theme;
}
