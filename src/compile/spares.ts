/**
 * Resource slots for the reservations of kmem that failed adds and removals leave behind.
 */
import type { Model } from '../model/model.js';

/** Reservations that failed adds leave behind, one in the other, before v5.3's roll-back. */
const SPARES_MAX = 2;

/** How many such slots each device needs. */
export function spareReservations(
  model: Model,
  features: ReadonlySet<string>,
  isDivided: boolean,
): number {
  // A pair for each of two ranges that a failed hot-removal leaves behind.
  if (features.has('kmem-hotremove')) return isDivided ? 2 * SPARES_MAX : 0;
  if (features.has('kmem-add-rollback') || !features.has('kmem')) return 0;
  const canAlwaysFail =
    !features.has('memory-resource-children') || model.machine.memoryLimit !== null;
  if (canAlwaysFail) return SPARES_MAX;
  const points = ['add_memory', 'arch_add_memory'];
  const failures = model.faults.filter(({ point }) => points.includes(point));
  return Math.min(
    SPARES_MAX,
    failures.reduce((sum, { times }) => sum + times, 0),
  );
}
