/**
 * The program of a lane: a process that explores one model after the other, as the gate sends them.
 * It ends when the gate does.
 */
import { perform, type Task } from './task.js';

process.on('message', (task: Task) => {
  void perform(task).then((answer) => process.send?.(answer));
});

// A terminal sends Ctrl-C to all processes of a command; the gate decides what becomes of it.
process.on('SIGINT', () => undefined);
