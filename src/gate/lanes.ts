/**
 * Lanes: processes in which the models of a gate are explored side by side. A process of its own,
 * because one that dies must not take the others' answers along.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EngineError, FAIL_STALE } from '../engine/engineError.js';
import { EXIT } from '../errors.js';
import { packageFile } from '../packageFile.js';
import { rowWithout } from './judge.js';
import { type Answer, answerWithout, type Task } from './task.js';

/** One process, or none until it is needed. */
export interface Lane {
  /** Explores one model; a process that dies is an answer too. One at a time. */
  perform(task: Task): Promise<Answer>;
  /** Ends the process at once. */
  end(): void;
}

/** What a process wrote to stderr before it died; of more, only the end is kept. */
const LAST_WORDS_MAX = 2000;

/** Finds the built program. */
export function laneFile(): string {
  return packageFile('dist/gateLane.mjs', (places) => {
    const text = `no program for the gate's lanes at ${places}; run npm run build`;
    return new EngineError(FAIL_STALE, text);
  });
}

function crashed(path: string, how: string, words: string): Answer {
  const last = words.trim().split('\n').slice(-3).join('\n');
  const text = `the process that explored it ended: ${how}${last === '' ? '' : `\n${last}`}`;
  const place = { file: path, line: 1, column: 1 };
  const failures = [{ kind: 'crashed', text, place, property: null } as const];
  // SIGKILL is what the kernel sends when memory is short.
  const isKilled = how === 'SIGKILL';
  const status = isKilled ? EXIT.outOfMemory : EXIT.bug;
  return answerWithout(rowWithout(path, 'crashed', status, failures), isKilled);
}

/**
 * Makes a lane; its process starts with the first model.
 *
 * @param file the program that it runs.
 */
export function makeLane(file: string): Lane {
  let child: ChildProcess | null = null;
  let words = '';
  const start = (): ChildProcess => {
    words = '';
    const started = fork(file, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    started.stderr?.on('data', (data: Buffer) => {
      words = (words + data.toString()).slice(-LAST_WORDS_MAX);
    });
    return started;
  };
  return {
    perform: (task) => {
      child ??= start();
      const process = child;
      return new Promise((resolve) => {
        const finish = (answer: Answer): void => {
          process.off('message', onMessage).off('close', onClose).off('error', onError);
          resolve(answer);
        };
        // The lane's own program wrote it.
        const onMessage = (answer: unknown): void => finish(answer as Answer);
        const onEnd = (how: string): void => {
          child = null;
          finish(crashed(task.path, how, words));
        };
        const onClose = (code: number | null, signal: string | null): void =>
          onEnd(signal ?? `exit status ${code}`);
        const onError = (error: Error): void => onEnd(error.message);
        // `close` comes after the last of its output, unlike `exit`.
        process.once('message', onMessage).once('close', onClose).once('error', onError);
        process.send(task, (error) => {
          if (error !== null) words += error.message;
        });
      });
    },
    end: () => {
      child?.kill('SIGKILL');
      child = null;
    },
  };
}
