/**
 * Stacks of tasks in the kernel, as /proc/PID/stack shows them, beside those of a finding.
 */

/** One line: '[<0>] down_write_killable+0x21/0x60', with the module behind it. */
const FRAME = /^\[<[0-9a-f]+>\] ([^+\s]+)\+0x/;

/** What the compiler appends to the name of a function that it has changed. */
const SUFFIX = /\.(?:isra|part|constprop|cold|llvm)\b.*$/;

/**
 * Function names of a stack, innermost first, without offsets, modules and the compiler's suffixes.
 *
 * @param text lines separated by newlines or semicolons.
 */
export function parseStack(text: string): readonly string[] {
  return text.split(/[;\n]/).flatMap((line) => {
    const name = FRAME.exec(line.trim())?.[1];
    return name === undefined ? [] : [name.replace(SUFFIX, '')];
  });
}

/** Functions in which a task of the agent waits for its next request. */
const IDLE: ReadonlySet<string> = new Set(['pipe_read', 'anon_pipe_read']);

/** Whether a task with this stack is inside the kernel on behalf of a request. */
export const isBusy = (stack: readonly string[]): boolean =>
  stack.length > 0 && !stack.some((name) => IDLE.has(name));

/**
 * Functions that leave no frame in Debian's builds, and what of theirs the stack shows instead:
 * the first two end by jumping there, the third is inlined. Read from the sources of v6.1.192 and
 * v6.12.117: drivers/base/dd.c device_driver_detach(), drivers/dax/bus.c unregister_dax_mapping()
 * and dev_dax_shrink().
 */
const WITHOUT_FRAME: ReadonlyMap<string, string> = new Map([
  ['device_driver_detach', 'device_release_driver_internal'],
  ['unregister_dax_mapping', 'device_unregister'],
  ['dev_dax_shrink', 'devm_release_action'],
]);

/**
 * Functions of a finding's stack that the real one does not show, in the finding's order.
 *
 * @param predicted outermost first. @param real innermost first.
 */
export function missingFrom(
  predicted: readonly string[],
  real: readonly string[],
): readonly string[] {
  let inside = [...real].reverse();
  return predicted.filter((name) => {
    const place = [name, WITHOUT_FRAME.get(name)].map((one) => inside.indexOf(one ?? ''));
    const at = place.find((index) => index >= 0);
    if (at === undefined) return true;
    inside = inside.slice(at + (place[0] === at ? 1 : 0));
    return false;
  });
}
