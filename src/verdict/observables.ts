/**
 * What userland can look at after each call, where two kernels are compared.
 */

/** `iomem` is /proc/iomem with the names of its lines, `ranges` without. */
export const OBSERVABLES = ['results', 'iomem', 'ranges', 'blocks', 'drivers'] as const;
export type Observable = (typeof OBSERVABLES)[number];

/** What is compared unless something else is asked for. */
export const OBSERVED: readonly Observable[] = ['results', 'iomem', 'blocks', 'drivers'];
