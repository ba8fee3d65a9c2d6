/**
 * Opens the explorer of a run: the engine inside the page, or the program that serves it.
 */
import { type CarriedModel, uncarry } from '../explorer/carried.js';
import { openExplorer } from '../explorer/explorer.js';
import { fromBase64, fromPlainText } from '../explorer/plainText.js';
import type { Explorer, Position } from '../explorer/position.js';
import { formatWay, type Way } from '../explorer/way.js';
import type { ModelHead } from '../model/head.js';
import type { ReportDocument, ReportRun } from '../report/document.js';

/** A run that can be explored. */
export interface Explorable {
  readonly explorer: Explorer;
  /** null: no way of it can be copied as a model. */
  readonly head: ModelHead | null;
}

async function unpack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([fromBase64(text)]).stream();
  const stream = packed.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function openInside(packed: string, module: string): Promise<Explorable> {
  const [wasm, model] = await Promise.all([unpack(module), unpack(packed)]);
  const carried: CarriedModel = uncarry(new TextDecoder().decode(model));
  return { explorer: openExplorer({ wasm, ...carried }), head: carried.head };
}

/** Asks the program that serves this page. */
async function ask(path: string): Promise<unknown> {
  const response = await fetch(path).catch(() => {
    throw new Error('the program that serves this page does not answer; is it still running?');
  });
  if (response.ok) return fromPlainText(await response.text());
  throw new Error(`${response.status}: ${(await response.text()).trim()}`);
}

async function openServed(run: number): Promise<Explorable> {
  const head = (await ask(`head?run=${run}`)) as ModelHead | null;
  const visit = async (way: Way, most?: number): Promise<Position> => {
    const many = most === undefined ? '' : `&most=${most}`;
    return (await ask(`position?run=${run}&way=${formatWay(way)}${many}`)) as Position;
  };
  return { explorer: { visit }, head };
}

/** Opens the explorer of a run by its number; null where the report has none. */
export function openRun(
  report: ReportDocument,
  number: number,
): (() => Promise<Explorable>) | null {
  const run: ReportRun | undefined = report.runs[number];
  const { module } = report;
  if (run?.engine?.kind === 'served') return () => openServed(number);
  if (run?.engine === undefined || module === undefined) return null;
  const packed = run.engine.model;
  return () => openInside(packed, module);
}
