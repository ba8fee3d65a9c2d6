/**
 * A QEMU process: started, asked over its monitor (QMP), snapshotted, ended.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../labError.js';
import type { Rig } from '../rig.js';

export interface Boot {
  /** An uncompressed kernel image, or a bzImage. */
  readonly vmlinux: string;
  readonly initramfs: string;
  readonly rig: Rig;
  /** Where sockets, the console and the snapshot's disk are. */
  readonly directory: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly processors: number;
  /** How the agent is reached: a virtio port where the kernel has one, else a serial port. */
  readonly line: 'virtio' | 'serial';
}

/**
 * Without cmpxchg16b: QEMU 7.2's emulation can leave another register's bits in the flags when an
 * interrupt comes right behind it, and the guest dies of a double fault.
 */
const TCG_PROCESSOR = 'qemu64,-cx16';

const LINES = {
  virtio: [
    ...['-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=agent,name=agent'],
  ],
  serial: ['-serial', 'chardev:agent'],
} as const;

const SNAPSHOT_DISK = '2G';
const CONNECT_TRIES = 100;

/** Arguments of QEMU for a boot. */
export function qemuArguments(boot: Boot): readonly string[] {
  const { rig, directory } = boot;
  const at = (name: string): string => join(directory, name);
  const memory = `${rig.nodes.reduce((sum, { bytes }) => sum + bytes, 0n) >> 20n}M`;
  const low = `${rig.lowBytes >> 20n}M`;
  return [
    ...['-accel', boot.accelerator, '-cpu', boot.accelerator === 'kvm' ? 'host' : TCG_PROCESSOR],
    ...['-M', `q35,max-ram-below-4g=${low}${rig.machine}`, '-smp', String(boot.processors)],
    ...['-m', `${memory}${rig.memoryOptions}`],
    ...['-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-kernel', boot.vmlinux, '-initrd', boot.initramfs],
    ...['-append', [...KERNEL_PARAMETERS, ...rig.parameters].join(' ')],
    ...rig.nodes.flatMap(({ bytes }, index) => {
      const node = `node,nodeid=${index}${index === 0 ? `,cpus=0-${boot.processors - 1}` : ''}`;
      if (bytes === 0n) return ['-numa', node];
      const memory = `memory-backend-ram,id=m${index},size=${bytes >> 20n}M,reserve=off`;
      return ['-object', memory, '-numa', `${node},memdev=m${index}`];
    }),
    ...rig.devices,
    ...['-chardev', `file,id=console,path=${at('console.log')}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=agent,path=${at('agent.sock')},server=on,wait=off`],
    ...LINES[boot.line],
    ...['-qmp', `unix:${at('qmp.sock')},server=on,wait=off`],
    ...['-drive', `if=none,id=snapshots,format=qcow2,file=${at('snapshots.qcow2')}`],
  ];
}

/** Memory comes online only by command, and time may stand still across a snapshot. */
const KERNEL_PARAMETERS = [
  ...['console=ttyS0', 'loglevel=5', 'tsc=unstable', 'rdinit=/init', 'panic=-1', 'nokaslr'],
  ...['mitigations=off', 'memhp_default_state=offline', 'nosoftlockup', 'hung_task_panic=0'],
  // On a busy host an emulated timer is too late for the kernel's check of it, which then panics.
  'no_timer_check',
  // Nothing of these changes what a command answers, and together they halve the time it takes.
  ...['rcupdate.rcu_expedited=1', 'init_on_alloc=0', 'audit=0', 'lsm=capability'],
  'kfence.sample_interval=0',
];

export class Qemu {
  readonly #child: ChildProcess;
  readonly #monitor: Socket;
  readonly #consoleFile: string;
  readonly #answers: ((text: string) => void)[] = [];
  #rest = '';

  private constructor(process: ChildProcess, monitor: Socket, directory: string) {
    this.#child = process;
    this.#monitor = monitor;
    this.#consoleFile = join(directory, 'console.log');
    monitor.setEncoding('utf8');
    monitor.on('data', (text: string) => this.#take(text));
    monitor.on('error', () => this.#answers.splice(0));
  }

  /** Starts the guest; it may still be booting when this returns. */
  static async start(boot: Boot): Promise<Qemu> {
    for (const name of ['qmp.sock', 'agent.sock']) {
      rmSync(join(boot.directory, name), { force: true });
    }
    const disk = join(boot.directory, 'snapshots.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, SNAPSHOT_DISK]);
    const child = spawn('qemu-system-x86_64', qemuArguments(boot), {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // No guest outlives this program.
    const killer = (): void => void child.kill('SIGKILL');
    const terminated = (): void => {
      killer();
      // Again, and this time as if nobody had listened.
      process.kill(process.pid, 'SIGTERM');
    };
    process.once('exit', killer);
    process.once('SIGTERM', terminated);
    child.once('exit', () => {
      process.off('exit', killer);
      process.off('SIGTERM', terminated);
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const socket = join(boot.directory, 'qmp.sock');
    for (let tries = 0; !existsSync(socket); tries++) {
      if (child.exitCode !== null || tries > 200) {
        child.kill('SIGKILL');
        throw new LabError(`QEMU did not start: ${said.trim() || 'no word from it'}`);
      }
      await sleep(50);
    }
    const monitor = await openSoon(socket);
    const qemu = new Qemu(child, monitor, boot.directory);
    await qemu.#command({ execute: 'qmp_capabilities' });
    return qemu;
  }

  /** Whether the process has ended, by itself or not. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** What the guest wrote to its console, from a byte on. */
  console(from = 0): string {
    return readFileSync(this.#consoleFile).toString('utf8', from);
  }

  /** Bytes that it has written there. */
  consoleBytes(): number {
    return statSync(this.#consoleFile).size;
  }

  /** One command of the human monitor, such as 'savevm base'; what it printed. */
  async human(line: string): Promise<string> {
    const text = await this.#command({
      execute: 'human-monitor-command',
      arguments: { 'command-line': line },
    });
    const answer = JSON.parse(text) as { readonly return?: unknown };
    return typeof answer.return === 'string' ? answer.return.trim() : '';
  }

  async stop(): Promise<void> {
    this.#monitor.destroy();
    if (this.hasEnded) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  #command(command: object): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.hasEnded) {
        reject(new LabError('QEMU has ended'));
        return;
      }
      this.#answers.push(resolve);
      this.#monitor.write(`${JSON.stringify(command)}\n`);
    });
  }

  #take(text: string): void {
    this.#rest += text;
    for (let end = this.#rest.indexOf('\n'); end >= 0; end = this.#rest.indexOf('\n')) {
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 1);
      // Greetings and events are passed over.
      if (line.startsWith('{"return"') || line.startsWith('{"error"'))
        this.#answers.shift()?.(line);
    }
  }
}

/** The file of a socket is there a moment before somebody listens. */
async function openSoon(path: string): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    try {
      return await open(path);
    } catch (error) {
      if (tries === CONNECT_TRIES) throw error;
      await sleep(50);
    }
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
