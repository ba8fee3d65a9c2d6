import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeDocument, encodeDocument, type ReportDocument } from '../../src/report/document.js';
import { renderHtml } from '../../src/report/html.js';
import type { Trace } from '../../src/verdict/trace.js';
import { anyTrace } from './arbitraries.js';

function documentOf(traces: readonly Trace[], title = 'a title'): ReportDocument {
  const run = {
    ...{ model: 'm.yaml', title, kernel: 'v5.1', granularity: 'call' as const },
    ...{ verdict: null, text: null, functions: {} },
    traces: traces.map((trace) => ({ kind: 'violation' as const, trace })),
  };
  return { format: 1, tool: { name: 'daxcheck', version: '0' }, runs: [run] };
}

const PAGE = { script: 'run();', styles: 'a{}' };

describe('the document of a report', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(fc.array(anyTrace, { maxLength: 3 }), (traces) => {
        const document = documentOf(traces);
        expect(decodeDocument(encodeDocument(document))).toEqual(document);
      }),
    );
  });

  it('writes a machine that does not change once', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const [step] = trace.steps;
        if (step === undefined) return;
        const sizeOf = (count: number): number => {
          const steps = Array.from({ length: count }, () => step);
          return encodeDocument(documentOf([{ ...trace, steps }])).length;
        };
        const { after, ...rest } = step;
        // Beside the step itself there is a comma, and the place of its machine.
        const most = JSON.stringify({ ...rest, after: 99 }).length + 10;
        expect(sizeOf(12) - sizeOf(11)).toBeLessThanOrEqual(most);
        expect(after).toBe(step.after);
      }),
    );
  });
});

describe('the HTML file', () => {
  it('cannot be ended or changed by what a model says', () => {
    const evil = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> & "';
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const html = renderHtml(documentOf([{ ...trace, title: evil }], evil), PAGE);
        const data = html.match(/<script type="application\/json" id="document">(.*)<\/script>/);
        expect(data?.[1]).not.toContain('<');
        const read = decodeDocument(data?.[1] ?? '');
        expect(read.runs[0]?.title).toBe(evil);
        expect(html.match(/<script/g)).toHaveLength(2);
        expect(html).not.toContain('<img');
      }),
    );
  });

  it('keeps the page itself whole where its code names tags', () => {
    const script = 'const a = "</script>", b = "<!--", c = "<script>", d = 1 < 2;';
    const html = renderHtml(documentOf([]), { ...PAGE, script });
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).toContain(
      'const a = "\\x3c/script>", b = "\\x3c!--", c = "\\x3cscript>", d = 1 < 2;',
    );
  });

  it('loads nothing and says so in its policy', () => {
    const html = renderHtml(documentOf([]), PAGE);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
  });
});
