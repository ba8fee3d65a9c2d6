/**
 * Serves the explorer of models on this machine alone: `explore --serve`. Nothing is searched, each
 * place is computed when the page asks for it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exploreByHand } from './explorable.js';
import { toPlainText } from './explorer/plainText.js';
import type { Explorer } from './explorer/position.js';
import { parseWay } from './explorer/way.js';
import { makeDocument, readPage, runToExplore } from './htmlReport.js';
import { headOf } from './model/head.js';
import type { Model } from './model/model.js';
import { renderHtml } from './report/html.js';

/** The only address that is listened on: no other machine reaches it. */
const HOST = '127.0.0.1';

/** Most actions that one answer tells. */
const ACTIONS_MOST = 5000;

export interface Served {
  readonly url: string;
  /** Ends it, with all connections. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: 'text/html' | 'application/json' | 'text/plain';
  readonly body: string;
}

const plain = (status: number, text: string): Answer => ({
  status,
  type: 'text/plain',
  body: `${text}\n`,
});

const data = (value: unknown): Answer => ({
  status: 200,
  type: 'application/json',
  body: toPlainText(value),
});

/** A whole number of a query; null where it is none. */
function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/**
 * Says why a request is not answered; null where it is. Another site that a browser shows may send
 * requests here, but neither by this name nor as the same site.
 */
function refusalOf({ method, headers }: IncomingMessage, port: number): Answer | null {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'expected GET');
  const hosts = [`${HOST}:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) {
    return plain(403, `this is ${hosts.join(' or ')}, and answers to no other name`);
  }
  const site = headers['sec-fetch-site'] ?? 'none';
  const { origin } = headers;
  const isOwn = origin === undefined || hosts.some((host) => origin === `http://${host}`);
  const isAlike = site === 'none' || site === 'same-origin';
  return isOwn && isAlike ? null : plain(403, 'asked for by another site');
}

/** Answers what the page asks for. */
class Site {
  readonly #models: readonly Model[];
  readonly #page: string;
  readonly #explorers = new Map<number, Explorer>();

  constructor(models: readonly Model[]) {
    this.#models = models;
    const document = makeDocument(models.map(runToExplore));
    this.#page = renderHtml(document, readPage(), { asksServer: true });
  }

  async answer(url: URL): Promise<Answer> {
    if (url.pathname === '/') return { status: 200, type: 'text/html', body: this.#page };
    const run = wholeNumber(url.searchParams.get('run'));
    const model = run === null ? undefined : this.#models[run];
    if (url.pathname !== '/head' && url.pathname !== '/position') {
      return plain(404, `nothing is at ${url.pathname}`);
    }
    if (run === null || model === undefined)
      return plain(400, 'expected run: a model by its number');
    if (url.pathname === '/head') return data(headOf(model));
    const way = parseWay(url.searchParams.get('way') ?? '');
    if (way === null) return plain(400, 'expected way: such as 0:3.1.2');
    const most = wholeNumber(url.searchParams.get('most')) ?? undefined;
    const capped = most === undefined ? undefined : Math.min(most, ACTIONS_MOST);
    return data(await this.#explorer(run, model).visit(way, capped));
  }

  #explorer(run: number, model: Model): Explorer {
    const explorer = this.#explorers.get(run) ?? exploreByHand(model);
    this.#explorers.set(run, explorer);
    return explorer;
  }
}

function send(response: ServerResponse, { status, type, body }: Answer, isHead: boolean): void {
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
  response.end(isHead ? '' : body);
}

/**
 * Serves the explorer of some models.
 *
 * @param port 0: any that is free.
 * Rejects where the port is taken (`code` EADDRINUSE), and with a ModelRejection for faults of
 * scripts, rules and names.
 */
export async function serve(models: readonly Model[], port: number): Promise<Served> {
  const site = new Site(models);
  const server = createServer(async (request, response) => {
    const { port: open } = server.address() as AddressInfo;
    const isHead = request.method === 'HEAD';
    const answerTo = async (): Promise<Answer> =>
      refusalOf(request, open) ??
      (await site.answer(new URL(request.url ?? '/', `http://${HOST}:${open}`)));
    try {
      send(response, await answerTo(), isHead);
    } catch (error) {
      send(response, plain(500, error instanceof Error ? error.message : String(error)), isHead);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: open } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${open}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
