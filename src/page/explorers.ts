/**
 * The explorers of a report, one for each run that has one; each is opened when it is first asked
 * for.
 */
import type { Way } from '../explorer/way.js';
import type { ReportDocument } from '../report/document.js';
import { type CopyDialog, makeCopyDialog } from './copyDialog.js';
import { fill, h } from './dom.js';
import { ExplorerView } from './explorerView.js';
import type { IomemChoice } from './iomemPane.js';
import { openRun } from './openExplorer.js';

export interface Explorers {
  /** Whether a run can be explored. */
  has(run: number): boolean;
  /** Shows a way in the page; says where it ends, null where another was asked for meanwhile. */
  show(run: number, way: Way): Promise<string | null>;
  /** The one that is shown. */
  shown(): ExplorerView | null;
  /** Something else is shown. */
  leave(): void;
}

/** Where explorers are shown, and how addresses are drawn. */
export interface ExplorersContext {
  readonly main: HTMLElement;
  readonly choice: () => IomemChoice;
  readonly choose: (choice: IomemChoice) => void;
}

/** Makes the explorers of a report. */
export function makeExplorers(report: ReportDocument, context: ExplorersContext): Explorers {
  const { main, choice, choose } = context;
  const views = new Map<number, Promise<ExplorerView>>();
  let dialog: CopyDialog | null = null;
  let shown: ExplorerView | null = null;
  /** Counts what is asked for: an answer that comes too late is not shown. */
  let asked = 0;

  async function open(number: number): Promise<ExplorerView> {
    const [run, start] = [report.runs[number], openRun(report, number)];
    if (run === undefined || start === null) throw new Error('this run has no explorer');
    const before = report.runs.slice(0, number);
    const firstTrace = before.reduce((sum, { traces }) => sum + traces.length, 0);
    if (dialog === null) {
      dialog = makeCopyDialog();
      document.body.append(dialog.element);
    }
    return new ExplorerView(await start(), { run, number, firstTrace, dialog, choice, choose });
  }

  async function show(run: number, way: Way): Promise<string | null> {
    const turn = ++asked;
    try {
      if (!views.has(run)) {
        fill(main, h('p', { class: 'waiting faint' }, 'The engine starts …'));
        views.set(run, open(run));
      }
      const view = await views.get(run);
      if (turn !== asked || view === undefined) return null;
      if (!view.element.isConnected) fill(main, view.element);
      shown = view;
      return await view.visit(way);
    } catch (error) {
      if (turn !== asked) return null;
      views.delete(run);
      const text = error instanceof Error ? error.message : String(error);
      fill(main, h('p', { class: 'waiting note' }, `The explorer cannot go on: ${text}`));
      return text;
    }
  }

  return {
    has: (run) => openRun(report, run) !== null,
    show,
    shown: () => shown,
    leave: () => {
      asked += 1;
      shown = null;
    },
  };
}
