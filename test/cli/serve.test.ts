/** `explore --serve`: prints the address, ends when it is interrupted, and says what is wrong. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/program.js';
import { loadModel } from '../../src/loadModel.js';
import { serve } from '../../src/serve.js';
import { modelPath } from '../explore/models.ts';
import { collect } from './terminal.ts';

const MODEL = modelPath('lifecycle/readme.yaml');

describe('explore --serve', () => {
  it('serves until it is interrupted, and ends with 0', async () => {
    const stop = new AbortController();
    const terminal = { ...collect(), interrupt: stop.signal };
    const printed: string[] = [];
    const ended = runCommandLine(['explore', '--port', '0', MODEL], {
      ...terminal,
      writeOut: (text: string) => {
        printed.push(text);
        void fetch(text.trim()).then(async (response) => {
          printed.push((await response.text()).slice(0, 15));
          stop.abort();
        });
      },
    });

    expect(await ended).toBe(0);
    expect(printed).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\n$/),
      '<!doctype html>',
    ]);
  });

  it('says where the port is taken', async () => {
    const loaded = loadModel(MODEL);
    if (!loaded.ok) throw new Error('the model has faults');
    const served = await serve([loaded.model], 0);
    const { port } = new URL(served.url);
    const terminal = collect();

    expect(await runCommandLine(['explore', '--port', port, MODEL], terminal)).toBe(153);
    expect(terminal.error()).toBe(`daxcheck: port ${port} is taken; choose another with --port\n`);
    await served.close();
  });

  it.each([['--html', 'report.html'], ['--json'], ['--max-states', '9'], ['--no-explorer']])(
    'refuses what belongs to a search: %s',
    async (...words) => {
      const terminal = { ...collect(), interrupt: AbortSignal.abort() };
      const status = await runCommandLine(['explore', '--port', '0', ...words, MODEL], terminal);

      expect(status).toBe(2);
      expect(terminal.error()).toBe(
        `daxcheck: ${words[0]} does not go with --serve, which searches nothing\n`,
      );
    },
  );

  it('takes what is about the models', async () => {
    const terminal = { ...collect(), interrupt: AbortSignal.abort() };
    const words = ['--port', '0', '--kernel', 'v5.3', '--granularity', 'step', '--scope', '2'];

    expect(await runCommandLine(['explore', ...words, '--no-color', MODEL], terminal)).toBe(0);
  });

  it('refuses a port that is none, and a model that is none', async () => {
    const [port, model] = [collect(), collect()];

    expect(await runCommandLine(['explore', '--port', '70000', MODEL], port)).toBe(2);
    expect(port.error()).toContain('Expected a port from 0 to 65535.');
    expect(await runCommandLine(['explore', '--serve', 'no.yaml'], model)).toBe(150);
  });
});
