/** What grows in a sweep, and how far. */

export const AXES = ['blocks', 'devices', 'actors'] as const;
export type Axis = (typeof AXES)[number];

/** The largest value of each axis that is swept; the others stay as they are. */
export type Widths = { readonly [A in Axis]?: number };

/** Memory blocks of each device, like devices, and scripts at once. */
export type Size = { readonly [A in Axis]: number };
