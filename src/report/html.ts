/**
 * An HTML report: one file with the document, the page that shows it, and nothing to load.
 */
import { encodeDocument, type ReportDocument } from './document.js';
import { xmlText } from './xml.js';

/** The built page: src/page/ as one script and its styles. */
export interface Page {
  readonly script: string;
  readonly styles: string;
}

/** Nothing is loaded and nothing sent: only what stands in the file runs. */
const POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'wasm-unsafe-eval'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
];

export interface HtmlOptions {
  /** The page asks the program that serves it, and nobody else. */
  readonly asksServer?: boolean;
}

/** JSON in which no `<` is left, so that neither `</script` nor `<!--` can end it. */
const escapeJson = (json: string): string => json.replace(/</g, '\\u003c');

/** Code in which no tag of a script can begin or end; `\\x3c` is `<` in JavaScript's texts. */
const escapeScript = (code: string): string => code.replace(/<(?=!--|\/?script)/gi, '\\x3c');

const escapeStyles = (styles: string): string => styles.replace(/<(?=\/style)/gi, '\\3c ');

function titleOf({ runs }: ReportDocument): string {
  const [first] = runs;
  const more = runs.length > 1 ? ` and ${runs.length - 1} more` : '';
  return `${first?.title ?? 'report'}${more} – daxcheck`;
}

/** Renders the file. */
export function renderHtml(
  document: ReportDocument,
  page: Page,
  { asksServer = false }: HtmlOptions = {},
): string {
  const policy = [...POLICY, ...(asksServer ? ["connect-src 'self'"] : [])].join('; ');
  const { name, version } = document.tool;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${name} ${version}">
<title>${xmlText(titleOf(document))}</title>
<link rel="icon" href="data:,">
<style>
${escapeStyles(page.styles)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="bar-top">
<h1 class="wordmark">${name}</h1>
<nav id="tabs" class="tabs" aria-label="Behaviours"></nav>
<span class="tools">
<button id="theme" class="button" type="button"></button>
<button id="help" class="button" type="button" aria-label="Keys">?</button>
</span>
</header>
<main id="main" tabindex="-1"></main>
<footer class="foot faint">${name} ${version}</footer>
<p id="live" class="visually-hidden" role="status"></p>
<noscript><p class="note">This report needs JavaScript, all of it in this file.</p></noscript>
<script type="application/json" id="document">${escapeJson(encodeDocument(document))}</script>
<script>
${escapeScript(page.script)}</script>
</body>
</html>
`;
}
