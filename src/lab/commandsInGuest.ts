/**
 * The commands of a trace as they go in a guest, whose machine is a little other than the model's.
 */
import { compileModel } from '../compile/scenario.js';
import { openKernelEngine } from '../kernelEngine.js';
import type { Model } from '../model/model.js';
import { LabError } from './labError.js';
import { commandsOf, type TracedCommand, type Way } from './playTrace.js';
import type { Rig } from './rig.js';

function follow(model: Model, way: Way, { spans }: Rig): readonly TracedCommand[] {
  const scenario = compileModel(model);
  return commandsOf(openKernelEngine(scenario), scenario, way, spans);
}

/** What was done, whatever came of it. */
const textOf = (commands: readonly TracedCommand[]): string =>
  commands
    .map(({ thread, instruction, steps }) => `${thread} ${instruction.text} ${steps.join('-')}`)
    .join('\n');

/**
 * The commands of a trace in which no two overlap, with what the guest's machine predicts.
 *
 * @param asBooted the model with the machine that its guest has.
 * Throws LabError where the same choices lead to other commands there.
 */
export function commandsInGuest(
  asBooted: Model,
  model: Model,
  rig: Rig,
  way: Way,
): readonly TracedCommand[] {
  const written = follow(model, way, rig);
  const found = follow(asBooted, way, rig);
  if (textOf(written) === textOf(found)) return found;
  const plain = rig.kind === 'nvdimm' ? [] : model.machine.regions;
  const reasons = plain
    .filter(({ kmemByType }) => !kmemByType)
    .map(
      ({ name }) =>
        `${model.file}: region ${name} has no \`kmem: true\`, but in a guest its devices match ` +
        'kmem by type from v6.3 on, and the trace goes another way; add it and write a new trace',
    );
  const other = `${model.file}: with the /proc/iomem of a guest the trace goes another way`;
  throw new LabError(...(reasons.length > 0 ? reasons : [other]));
}
