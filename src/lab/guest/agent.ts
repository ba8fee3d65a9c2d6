/**
 * The host's end of the serial line to a guest's agent (lab/agent.c): requests out, replies in.
 *
 * Replies carry the number of their task, so several tasks may be under way at once; those of one
 * task come in the order of its requests.
 */
import { connect, type Socket } from 'node:net';
import { constants } from 'node:os';

/** What one request came to. */
export interface Reply {
  /** 'ok'; an errno name; 'died': the task was killed; 'stuck': no reply in time. */
  readonly result: string;
  /** The system call that failed; null when none did. */
  readonly place: string | null;
  readonly value: string;
  /** Of `observe`: keys that are new or changed, and keys that are gone. */
  readonly changed: ReadonlyMap<string, string>;
  readonly gone: readonly string[];
  readonly messages: readonly KernelMessage[];
}

export interface KernelMessage {
  /** 0 emergency to 7 debug. */
  readonly level: number;
  readonly text: string;
}

/** A task number, or the agent itself. */
export type TaskId = number | 'a';

interface Pending {
  readonly changed: Map<string, string>;
  readonly gone: string[];
  readonly messages: KernelMessage[];
  result: string;
  place: string | null;
  value: string;
  /** Ends it with this result, or with the one that came. */
  settle: (result: string | null) => void;
  /** Its time runs from now on. */
  arm: () => void;
  /** It was given up; a late reply still takes its place in the queue. */
  isSettled: boolean;
}

/** Bytes of requests that the guest's terminal takes before anybody reads them. */
const LINE_ROOM = 2000;

const emptyReply = (): Omit<Pending, 'settle' | 'arm' | 'isSettled'> => ({
  changed: new Map(),
  gone: [],
  messages: [],
  result: 'ok',
  place: null,
  value: '',
});

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/** Name of an errno, 'EBUSY' for 16; EWOULDBLOCK is EAGAIN. */
export function nameOfErrno(number: number): string {
  if (number === constants.errno.EAGAIN) return 'EAGAIN';
  return ERRNO_NAMES.get(number) ?? `errno ${number}`;
}

/** Splits a text at its first space. */
function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function take(pending: Pending, kind: string, rest: string): void {
  const [first, second] = splitOnce(rest);
  switch (kind) {
    case '=':
      pending.value = rest;
      break;
    case '!':
      pending.result = second.startsWith('died') ? 'died' : nameOfErrno(Number(first));
      pending.place = second;
      break;
    case '|':
      pending.changed.set(first, second);
      break;
    case '-':
      pending.gone.push(first);
      break;
    case '*':
      pending.messages.push({ level: Number(first), text: second });
      break;
  }
}

export class AgentLine {
  readonly #socket: Socket;
  readonly #pending = new Map<string, Pending[]>();
  readonly #unsent: string[] = [];
  /** Bytes of requests that have no reply yet. */
  #underWay = 0;
  #rest = '';
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('close', () => this.#end());
    socket.on('error', () => this.#end());
  }

  /** Connects to the socket at `path`, which QEMU has opened. */
  static open(path: string): Promise<AgentLine> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('connect', () => resolve(new AgentLine(socket)));
      socket.once('error', reject);
    });
  }

  /**
   * Asks one thing of a task.
   *
   * @param seconds after which the reply is 'stuck', from the end of the task's request before;
   * a late reply is then passed over.
   */
  ask(task: TaskId, request: string, seconds: number): Promise<Reply> {
    return new Promise((resolve) => {
      const key = String(task);
      const text = task === 'a' ? `${request}\n` : `${task} ${request}\n`;
      const pending: Pending = {
        ...emptyReply(),
        settle: () => {},
        arm: () => {},
        isSettled: false,
      };
      let timer: NodeJS.Timeout | undefined;
      pending.arm = () => {
        pending.arm = () => {};
        timer = setTimeout(() => this.#stick(key), seconds * 1000);
      };
      pending.settle = (result) => {
        clearTimeout(timer);
        pending.settle = () => {};
        pending.arm = () => {};
        pending.isSettled = true;
        this.#underWay -= text.length;
        const { place, value, changed, gone, messages } = pending;
        resolve({ result: result ?? pending.result, place, value, changed, gone, messages });
        this.#send();
      };
      const queue = this.#pending.get(key);
      if (queue === undefined) this.#pending.set(key, [pending]);
      else queue.push(pending);
      if ((queue ?? []).every((one) => one === pending || one.isSettled)) pending.arm();
      this.#underWay += text.length;
      this.#unsent.push(text);
      if (this.#closed) pending.settle('died');
      else this.#send();
    });
  }

  /** The request of a task that is under way never ended; nor will those behind it. */
  #stick(key: string): void {
    for (const { settle } of [...(this.#pending.get(key) ?? [])]) settle('stuck');
  }

  /** Sends what waits to be sent, as much as the guest's serial line has room for. */
  #send(): void {
    let waiting = this.#unsent.reduce((sum, { length }) => sum + length, 0);
    while (this.#unsent.length > 0) {
      const next = this.#unsent[0] ?? '';
      const sent = this.#underWay - waiting;
      if (sent > 0 && sent + next.length > LINE_ROOM) return;
      this.#unsent.shift();
      waiting -= next.length;
      this.#socket.write(next);
    }
  }

  /** Forgets what was asked: the guest went back to a state in which nobody had asked it. */
  forget(): void {
    const left = [...this.#pending.values()].flat();
    this.#pending.clear();
    this.#unsent.length = 0;
    for (const { settle } of left) settle('stuck');
    this.#rest = '';
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#rest += text;
    for (let end = this.#rest.indexOf('\n'); end >= 0; end = this.#rest.indexOf('\n')) {
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 1);
      this.#takeLine(line);
    }
  }

  #takeLine(line: string): void {
    const [task, rest] = splitOnce(line);
    const [kind, text] = splitOnce(rest);
    const pending = this.#pending.get(task)?.[0];
    if (pending === undefined) return;
    if (kind !== '.') {
      take(pending, kind, text);
      return;
    }
    const queue = this.#pending.get(task);
    queue?.shift();
    pending.settle(null);
    queue?.[0]?.arm();
  }

  #end(): void {
    this.#closed = true;
    const left = [...this.#pending.values()].flat();
    this.#pending.clear();
    for (const { settle } of left) settle('died');
  }
}
