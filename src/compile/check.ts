/**
 * What the model's names mean: properties, devices they are asked for, faults. Every fault at once.
 */
import { type Diagnostic, diagnose } from '../errors.js';
import { FAULTS } from '../kernel/faults.js';
import { NO_LIVELOCK, PROPERTIES, propertyNamed } from '../kernel/properties.js';
import type { Model } from '../model/model.js';
import { suggestion } from '../model/suggest.js';
import type { Plan } from './universe.js';

export interface Checked {
  /** Bit set of what the engine checks. */
  readonly mask: number;
  /** Devices that `recoverable` is asked for, by index. */
  readonly recoverable: readonly number[];
  /** `no-livelock` is asked for. */
  readonly livelock: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

function checkFaults(model: Model): Diagnostic[] {
  return model.faults.flatMap((fault) => {
    const kind = FAULTS.find(({ name }) => name === fault.point);
    if (kind === undefined) {
      const hint = suggestion(
        fault.point,
        FAULTS.map(({ name }) => name),
      );
      return [
        diagnose('DAX302', fault.place, `\`${fault.point}\` is no fault that can be made`, {
          suggestion: hint,
        }),
      ];
    }
    const errno = fault.errno?.replace(/^-/, '') ?? null;
    const fits = errno === null ? kind.errnos.length === 0 : kind.errnos.includes(errno);
    if (fits) return [];
    const wanted =
      kind.errnos.length === 0
        ? 'it takes no errno'
        : `write one of ${kind.errnos.map((name) => `-${name}`).join(', ')}`;
    return [
      diagnose(
        'DAX302',
        fault.place,
        `\`${fault.point}\` does not fail with ${fault.errno ?? 'nothing'}`,
        { suggestion: wanted },
      ),
    ];
  });
}

/** Resolves the properties to check and the faults; unknown names are faults of the model. */
export function checkNames(model: Model, plan: Plan): Checked {
  const diagnostics = checkFaults(model);
  const defaults = PROPERTIES.filter(({ isDefault }) => isDefault).reduce(
    (mask, { bit }) => mask | (1 << bit),
    0,
  );
  if (model.check === null)
    return { mask: defaults, recoverable: [], livelock: false, diagnostics };
  let mask = 0;
  let livelock = false;
  const own = model.properties.map(({ name }) => name);
  const recoverable: number[] = [];
  for (const request of model.check) {
    if (request.own !== undefined || own.includes(request.name)) continue;
    if (request.name === NO_LIVELOCK && request.device === null) {
      livelock = true;
      continue;
    }
    const property = propertyNamed(request.name);
    if (property === undefined) {
      const known = [...PROPERTIES.map(({ name }) => name), NO_LIVELOCK, ...own];
      const hint = suggestion(request.name, known);
      diagnostics.push(
        diagnose('DAX301', request.place, `\`${request.name}\` is no property`, {
          suggestion: hint,
        }),
      );
      continue;
    }
    if (property.name !== 'recoverable') {
      mask |= 1 << property.bit;
      if (request.device !== null) {
        diagnostics.push(
          diagnose('DAX305', request.place, `\`${request.name}\` is not asked for one device`),
        );
      }
      continue;
    }
    const index = plan.devices.findIndex(({ name }) => name === request.device);
    if (index >= 0) recoverable.push(index);
    else {
      const hint = suggestion(
        request.device ?? '',
        plan.devices.map(({ name }) => name),
      );
      const what =
        request.device === null
          ? 'recoverable needs a device'
          : `\`${request.device}\` is no device of this model`;
      diagnostics.push(diagnose('DAX304', request.place, what, { suggestion: hint }));
    }
  }
  return { mask, recoverable, livelock, diagnostics };
}
