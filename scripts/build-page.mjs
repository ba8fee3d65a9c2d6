/**
 * Builds what stands inside each HTML report: the page's script (build/page.js), bundled for a
 * browser, and its styles (build/page.css). src/report/html.ts puts both into one file.
 */
import { build } from 'esbuild';

/** @param {string} root folder of the project */
export async function buildPage(root) {
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'src/page/main.ts', out: 'page' },
      { in: 'src/page/page.css', out: 'page' },
    ],
    outdir: 'build',
    bundle: true,
    minify: true,
    platform: 'browser',
    // What has BigInt, <dialog> and light-dark(): every browser since May 2024.
    target: 'es2022',
    format: 'iife',
    charset: 'utf8',
    logLevel: 'warning',
  });
}
