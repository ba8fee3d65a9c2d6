/**
 * The host's end of the line to a guest's agent, against an agent that says what a test wants.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLine, nameOfErrno } from '../../src/lab/guest/agent.js';

/** Long enough that nothing is stuck by chance. */
const PATIENT = 60;
/** For what is meant to be stuck. */
const HASTY = 0.05;

let directory = '';
let server = createServer();
let line: AgentLine;
let guest: Socket;
/** What the agent has been sent and has not taken. */
let received = '';
let wake = (): void => {};

/** The next `count` requests, as the agent gets them. */
async function requests(count: number): Promise<readonly string[]> {
  while (received.split('\n').length <= count) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  const lines = received.split('\n');
  received = lines.slice(count).join('\n');
  return lines.slice(0, count);
}

const say = (...lines: readonly string[]): void =>
  void guest.write(lines.map((text) => `${text}\n`).join(''));

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daxcheck-agent-'));
  received = '';
  server = createServer();
  server.listen(join(directory, 'agent.sock'));
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  line = await AgentLine.open(join(directory, 'agent.sock'));
  guest = ((await accepted) as [Socket])[0];
  guest.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    wake();
  });
});

afterEach(() => {
  line.close();
  guest.destroy();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a reply', () => {
  it('is read whole, in whatever pieces it comes', async () => {
    const asked = line.ask(3, 'observe 32', PATIENT);
    expect(await requests(1)).toEqual(['3 observe 32']);
    const text =
      '3 | block/32/state online\n3 | iomem 1-2 : a b;  1-1 : c\n3 - dax/dax0.1/size\n' +
      '3 * 4 kmem dax0.0: a message: with = | - signs\n3 = \n3 .\n';
    for (const letter of text) {
      guest.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(await asked).toEqual({
      result: 'ok',
      place: null,
      value: '',
      changed: new Map([
        ['block/32/state', 'online'],
        ['iomem', '1-2 : a b;  1-1 : c'],
      ]),
      gone: ['dax/dax0.1/size'],
      messages: [{ level: 4, text: 'kmem dax0.0: a message: with = | - signs' }],
    });
  });

  it('names the errno and the system call that failed', async () => {
    const asked = line.ask(0, 'write /f 1', PATIENT);
    say('0 ! 16 write', '0 .');
    expect(await asked).toMatchObject({ result: 'EBUSY', place: 'write', value: '' });
  });

  it('says that the task died', async () => {
    const asked = line.ask(0, 'write /f 1', PATIENT);
    say('0 ! 0 died 9', '0 .');
    expect((await asked).result).toBe('died');
    const next = line.ask(0, 'exists /f', PATIENT);
    say('0 = ', '0 .');
    expect((await next).result).toBe('ok');
  });

  it('belongs to the oldest request of its task, whatever the other tasks do', async () => {
    const asked = [
      line.ask(1, 'read /a', PATIENT),
      line.ask(2, 'read /b', PATIENT),
      line.ask(1, 'read /c', PATIENT),
      line.ask('a', 'stack 1', PATIENT),
    ];
    expect(await requests(4)).toEqual(['1 read /a', '2 read /b', '1 read /c', 'stack 1']);
    say('a = stack', '2 = b', '1 = a', 'a .', '1 .', '1 = c', '1 .', '2 .');
    const values = (await Promise.all(asked)).map(({ value }) => value);
    expect(values).toEqual(['a', 'b', 'c', 'stack']);
  });

  it('that nobody asked for is passed over', async () => {
    const behind = line.ask(1, 'exists /sys', PATIENT);
    say('a = ready', 'a .', '7 = what', '7 .', '', 'nonsense', '1 = ', '1 .');
    await behind;
    await requests(1);
    const asked = line.ask('a', 'echo one', PATIENT);
    await requests(1);
    say('a = one', 'a .');
    expect((await asked).value).toBe('one');
  });
});

describe('a request without a reply', () => {
  it('is stuck after its time, with those behind it', async () => {
    const results = await Promise.all([
      line.ask(0, 'write /f 1', HASTY),
      line.ask(0, 'observe 0', HASTY),
    ]);
    expect(results.map(({ result }) => result)).toEqual(['stuck', 'stuck']);
  });

  it('stops no other task', async () => {
    const hung = line.ask(0, 'write /f 1', HASTY);
    const other = line.ask(15, 'observe 0', PATIENT);
    expect((await hung).result).toBe('stuck');
    say('15 | iomem x', '15 .');
    expect((await other).changed.get('iomem')).toBe('x');
  });

  it('has its reply passed over when it comes late, and the next one has its own', async () => {
    const [first, second] = [line.ask(0, 'read /a', HASTY), line.ask(0, 'read /b', HASTY)];
    await Promise.all([first, second]);
    const third = line.ask(0, 'read /c', PATIENT);
    say('0 = a', '0 .', '0 = b', '0 .', '0 = c', '0 .');
    expect((await third).value).toBe('c');
  });

  it('has a time of its own behind one that was given up', async () => {
    await line.ask(0, 'read /a', HASTY);
    expect((await line.ask(0, 'read /b', HASTY)).result).toBe('stuck');
  });

  it('does not run out while the one before it is under way', async () => {
    const first = line.ask(0, 'read /a', PATIENT);
    const second = line.ask(0, 'read /b', HASTY);
    await new Promise((resolve) => setTimeout(resolve, HASTY * 3000));
    say('0 = a', '0 .', '0 = b', '0 .');
    expect([(await first).value, (await second).value]).toEqual(['a', 'b']);
  });

  it('is forgotten when the guest goes back, and what was said of it means nothing', async () => {
    const old = line.ask(0, 'read /a', PATIENT);
    await requests(1);
    guest.write('0 = half of a li');
    await new Promise((resolve) => setTimeout(resolve, 20));
    line.forget();
    expect((await old).result).toBe('stuck');
    const next = line.ask(0, 'read /b', PATIENT);
    expect(await requests(1)).toEqual(['0 read /b']);
    say('0 = b', '0 .');
    expect((await next).value).toBe('b');
  });

  it('has died with the guest, and so has all that comes later', async () => {
    const asked = [line.ask(0, 'read /a', PATIENT), line.ask('a', 'echo b', PATIENT)];
    await requests(2);
    guest.destroy();
    const results = (await Promise.all(asked)).map(({ result }) => result);
    expect(results).toEqual(['died', 'died']);
    expect((await line.ask(0, 'read /c', PATIENT)).result).toBe('died');
  });
});

describe('the room of the serial line', () => {
  it('takes no more than 2000 bytes of requests that have no reply', async () => {
    const request = `write /f ${'x'.repeat(80)}`;
    const asked = Array.from({ length: 60 }, () => line.ask(0, request, PATIENT));
    const room = Math.floor(2000 / `0 ${request}\n`.length);
    await requests(room);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(received).toBe('');
    for (let done = 0; done < asked.length; done++) {
      say('0 = ', '0 .');
      if (done + room < asked.length) await requests(1);
    }
    expect((await Promise.all(asked)).every(({ result }) => result === 'ok')).toBe(true);
    expect(received).toBe('');
  });

  it('takes one request that is longer than that, alone', async () => {
    const long = line.ask(0, `write /f ${'x'.repeat(3000)}`, PATIENT);
    const short = line.ask(0, 'read /f', PATIENT);
    const [first] = await requests(1);
    expect(first).toHaveLength(3011);
    expect(received).toBe('');
    say('0 = ', '0 .');
    expect(await requests(1)).toEqual(['0 read /f']);
    say('0 = y', '0 .');
    expect([(await long).result, (await short).value]).toEqual(['ok', 'y']);
  });
});

describe('the name of an errno', () => {
  it.each([
    [1, 'EPERM'],
    [11, 'EAGAIN'],
    [16, 'EBUSY'],
    [22, 'EINVAL'],
    [95, 'EOPNOTSUPP'],
    [524, 'errno 524'],
  ])('of %d is %s', (number, name) => {
    expect(nameOfErrno(number)).toBe(name);
  });
});
