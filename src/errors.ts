/**
 * Faults of the user's input as data, and the exit statuses of the command line.
 *
 * A fault says what was found, where, what was expected, and what to do. Each code lives once, in
 * DIAGNOSTIC_CODES; the hint is a template whose `{name}` parts are filled by `diagnose`. Ranges:
 * 0xx the model file, 1xx iomem listings, 2xx scripts and udev rules, 3xx kernels, properties and
 * the compile layer, 4xx trace files, 5xx inputs of `import`. No layer prints a fault: only the
 * command line does.
 */
import type { Place } from './model/model.js';

/** Exit statuses of the command line (design: TLC's classes, extended). */
export const EXIT = {
  /** Holds and complete; for `gate`: every model met its declared expectation. */
  holds: 0,
  /** Wrong command line. */
  usage: 2,
  assumptionFalse: 10,
  deadlock: 11,
  invariantViolated: 12,
  temporalViolated: 13,
  /** The kernel does as documented, the procedure loses. */
  scriptFindings: 14,
  /** A limit, an interrupt, or a lossy search that found nothing. */
  incomplete: 20,
  vacuous: 21,
  selfCheckFailed: 22,
  kernelDisagrees: 23,
  /** `diff` found that the kernels differ. */
  differs: 24,
  modelRejected: 150,
  /** An option that does not fit this model. */
  optionMismatch: 151,
  outOfMemory: 152,
  systemError: 153,
  /** A bug in daxcheck. */
  bug: 255,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/**
 * From best to worst. Findings are worse than a script's, faults of the input worse than any
 * finding.
 */
const BY_SEVERITY: readonly number[] = [
  EXIT.holds,
  EXIT.scriptFindings,
  EXIT.vacuous,
  EXIT.differs,
  EXIT.incomplete,
  EXIT.assumptionFalse,
  EXIT.temporalViolated,
  EXIT.deadlock,
  EXIT.invariantViolated,
  EXIT.selfCheckFailed,
  EXIT.kernelDisagrees,
  EXIT.usage,
  EXIT.optionMismatch,
  EXIT.modelRejected,
  EXIT.outOfMemory,
  EXIT.systemError,
  EXIT.bug,
];

/**
 * Returns the worst of the statuses; 0 for none. One that is not in the table is a bug, the worst.
 */
export function worstStatus(statuses: readonly number[]): number {
  const rank = (status: number): number => {
    const index = BY_SEVERITY.indexOf(status);
    return index < 0 ? BY_SEVERITY.length - 1 : index;
  };
  return BY_SEVERITY[Math.max(0, ...statuses.map(rank))] ?? EXIT.bug;
}

interface CodeEntry {
  /** What kind of fault this is, for the table of codes in the documentation. */
  readonly title: string;
  /** What to do; `{name}` is replaced by the value of that name. */
  readonly hint: string;
}

/** Every diagnostic code, once. */
export const DIAGNOSTIC_CODES = {
  DAX001: { title: 'file not found', hint: 'check the path; {relative}' },
  DAX002: { title: 'not a regular file', hint: 'name a file, not {kind}' },
  DAX003: { title: 'file cannot be read', hint: 'make it readable for this user: {reason}' },
  DAX004: { title: 'file too large', hint: 'the largest file that is read has {limit}' },
  DAX005: { title: 'not a text file', hint: 'the file must be UTF-8 text without control bytes' },
  DAX006: { title: 'YAML syntax', hint: '{advice}' },
  DAX007: { title: 'duplicate key', hint: 'keep one of them; the first is in line {line}' },
  DAX008: { title: 'tab in YAML indentation', hint: 'indent by spaces' },
  DAX009: { title: 'anchor, alias, merge key or tag', hint: 'write the value out in this place' },
  DAX010: { title: 'unknown key', hint: '{suggestion}' },
  DAX011: { title: 'missing key', hint: 'add it: {example}' },
  DAX012: { title: 'wrong type', hint: 'write {expected}' },
  DAX013: { title: 'value not allowed', hint: '{suggestion}' },
  DAX014: { title: 'number out of range', hint: 'write {expected}' },
  DAX015: { title: 'more faults', hint: 'repair the ones above and run again to see the rest' },
  DAX016: { title: 'folded text', hint: 'start it with `|`, so that its lines stay lines' },
  DAX017: { title: 'keys exclude each other', hint: 'keep one of {keys}' },
  DAX018: { title: 'not a name', hint: '{expected}' },
  DAX020: { title: 'not a size', hint: 'write bytes or a binary unit: 134217728, 0x8000000, 128M' },
  DAX021: { title: 'not a range', hint: 'write it as /proc/iomem does: 100000000-17fffffff' },
  DAX022: { title: 'end before start', hint: 'ranges are start-end, the end is their last byte' },
  DAX023: { title: 'block size not possible', hint: 'a power of two, 128M to 64G, or auto' },
  DAX024: { title: 'unknown kernel release', hint: '{suggestion}' },
  DAX025: { title: 'unknown kernel feature', hint: '{suggestion}' },
  DAX026: { title: 'feature both taken away and added', hint: 'keep it in `with` or in `without`' },
  DAX027: { title: 'unknown release or feature of the tools', hint: '{suggestion}' },
  DAX030: { title: 'unknown region', hint: '{suggestion}' },
  DAX031: { title: 'device outside its region', hint: 'the region is {region}' },
  DAX032: { title: 'range crosses iomem nodes', hint: 'it must lie inside one node: {nodes}' },
  DAX033: { title: 'range overlaps System RAM', hint: 'the System RAM is at {place}' },
  DAX034: { title: 'regions overlap', hint: 'the other region is at {place}' },
  DAX035: { title: 'device ranges overlap', hint: 'the other range is at {place}' },
  DAX036: { title: 'range not aligned', hint: 'start and size must be multiples of {align}' },
  DAX037: { title: '`blocks` without kmem', hint: 'add `driver: kmem` or remove `blocks`' },
  DAX038: { title: 'no full memory block', hint: 'kmem needs {block} between two multiples of it' },
  DAX039: { title: 'compat device on kmem', hint: 'a compat device stays with device_dax' },
  DAX040: { title: 'driver without its module', hint: 'write `modules: { {module}: loaded }`' },
  DAX041: { title: 'static region with several ranges', hint: 'one range, or `kind: dynamic`' },
  DAX042: { title: 'namespace metadata', hint: '{expected}' },
  DAX044: { title: 'memory limit', hint: '{expected}' },
  DAX045: { title: 'unknown device', hint: '{suggestion}' },
  DAX046: { title: 'named twice', hint: 'remove one; the first is at {place}' },
  DAX047: { title: 'memory blocks of another', hint: '{expected}' },
  DAX050: {
    title: 'actor does nothing',
    hint: 'one of script, script_file, any, rules, rules_file',
  },
  DAX051: { title: 'key does not fit this actor', hint: '{expected}' },
  DAX052: { title: 'empty text', hint: 'write at least one {what}' },
  DAX053: { title: 'expectation contradicts itself', hint: '{expected}' },
  DAX054: { title: 'not a fault', hint: 'write point and errno, as in `add_memory -ENOMEM`' },
  DAX055: { title: 'property takes a device', hint: 'write `{ recoverable: dax0.0 }`' },

  DAX101: { title: 'iomem: not a line', hint: 'lines read `start-end : name`, in hex' },
  DAX102: { title: 'iomem: listing is elided', hint: 'paste the whole of /proc/iomem' },
  DAX103: { title: 'iomem: all addresses are zero', hint: 'read it as root: sudo cat /proc/iomem' },
  DAX104: { title: 'iomem: end before start', hint: 'copy the line again from /proc/iomem' },
  DAX105: { title: 'iomem: child outside its parent', hint: 'the parent is {parent}' },
  DAX106: { title: 'iomem: siblings overlap', hint: 'the other one is {other}' },
  DAX107: { title: 'iomem: not in ascending order', hint: 'keep the order of /proc/iomem' },
  DAX108: { title: 'iomem: indentation', hint: 'indent like {other}' },
  DAX109: { title: 'iomem: address wider than 64 bits', hint: 'at most 16 hex digits' },
  DAX110: { title: 'iomem: empty listing', hint: 'paste the whole of /proc/iomem' },
  DAX111: { title: 'iomem: remark in the line', hint: 'remove what /proc/iomem did not print' },
  DAX112: { title: 'iomem: sibling inside sibling', hint: 'taken as a child of {other}' },
  DAX113: { title: 'iomem: unprintable name', hint: 'taken as it is' },
  DAX114: {
    title: 'iomem: claim of a driver',
    hint: 'left out: the model makes this claim itself',
  },
  DAX115: { title: 'iomem: too large', hint: 'at most {limit} are read; is this /proc/iomem?' },

  DAX200: { title: 'shell syntax', hint: 'check the line with `sh -n`' },
  DAX201: { title: 'shell construct not supported', hint: '{suggestion}' },
  DAX202: { title: 'unknown command', hint: '{suggestion}' },
  DAX203: { title: 'too old a daxctl', hint: '{suggestion}' },
  DAX204: { title: 'arguments not supported', hint: '{suggestion}' },
  DAX205: { title: 'redirection not supported', hint: '{suggestion}' },
  DAX210: { title: 'unknown sysfs path', hint: '{suggestion}' },
  DAX211: { title: 'object that can never exist', hint: '{suggestion}' },
  DAX212: { title: 'value known at run time only', hint: '{suggestion}' },
  DAX213: { title: 'variable never set', hint: 'set it before, or write `${{name}:-}`' },
  DAX214: { title: 'loop without a bound', hint: '{suggestion}' },
  DAX215: { title: 'not a menu command', hint: 'one command a line, with one system call' },
  DAX220: { title: 'udev rule syntax', hint: '{suggestion}' },
  DAX221: { title: 'udev key not supported', hint: '{suggestion}' },
  DAX222: { title: 'udev operator does not fit', hint: '{suggestion}' },
  DAX223: { title: 'udev label', hint: '{suggestion}' },
  DAX224: { title: 'udev value not supported', hint: '{suggestion}' },

  DAX301: { title: 'unknown property', hint: '{suggestion}' },
  DAX302: { title: 'unknown fault', hint: '{suggestion}' },
  DAX303: { title: 'model too large', hint: 'the engine has room for {limit}' },
  DAX304: { title: 'unknown device', hint: '{suggestion}' },
  DAX305: { title: 'device where none is taken', hint: 'write the name of the property alone' },
  DAX307: {
    title: 'value that cannot be compared',
    hint: 'plain `cat` reads it; kept: texts of devices and memoryN, size, align, available_size',
  },
  DAX308: {
    title: 'probe of other memory',
    hint: 'name an address inside System RAM of the listing',
  },
  DAX309: { title: 'large machine cut', hint: '{advice}' },
  DAX306: { title: 'iomem node cannot be kept', hint: '{advice}' },
  DAX320: { title: 'expression: syntax', hint: 'write it in CEL, as in `quiet || !settled`' },
  DAX321: { title: 'expression: unknown name', hint: '{suggestion}' },
  DAX322: { title: 'expression: wrong type', hint: '{suggestion}' },
  DAX323: { title: 'expression: not supported', hint: '{suggestion}' },
  DAX324: { title: 'own property never checked', hint: 'add it to `check`, or remove it' },
  DAX325: { title: 'name of a built-in property', hint: 'choose another name' },
  DAX401: { title: 'trace: not JSON', hint: 'write it again: daxcheck explore --trace-dir' },
  DAX402: { title: 'trace: not from daxcheck', hint: 'name a file that daxcheck explore wrote' },
  DAX403: { title: 'trace: unknown format', hint: 'read it with the daxcheck that wrote it' },
  DAX404: { title: 'trace: wrong contents', hint: 'do not edit traces; explore the model again' },
  DAX405: {
    title: 'no run of the lab',
    hint: 'name a file that `daxcheck lab replay --json` wrote',
  },
  DAX406: { title: "another trace's run", hint: 'name runs of this trace, or leave --lab out' },
  DAX407: {
    title: 'trace without actions',
    hint: 'docs/trace-format.md says what a step must tell',
  },

  DAX501: { title: 'import: not JSON', hint: '{advice}' },
  DAX502: { title: 'import: taken with an assumption', hint: '{taken}' },
  DAX503: {
    title: 'import: size for people',
    hint: 'its bytes cannot be told from it: run the command without -u',
  },
  DAX504: {
    title: 'import: not of a list command',
    hint: 'name the output of `daxctl list -RDM`, `ndctl list` or `cxl list`',
  },
  DAX505: { title: 'import: not of lsmem', hint: 'expected {expected}' },
  DAX506: { title: 'import: damaged archive', hint: 'pack /sys again with tar' },
  DAX507: { title: 'import: older name', hint: 'taken as {taken}' },
  DAX508: { title: 'import: region without a device', hint: 'see what dmesg says of it' },
  DAX509: { title: 'import: value not understood', hint: 'expected {expected}' },
  DAX510: {
    title: 'import: inputs contradict each other',
    hint: 'take all of them at one moment, or leave out the wrong one',
  },
  DAX511: { title: 'import: not told by any input', hint: 'give it: {how}' },
  DAX512: { title: 'import: assumed', hint: '{assumed}; {how}' },
  DAX519: { title: 'import: assumed of what runs', hint: '{assumed}; {how}' },
  DAX513: { title: 'import: line without a name', hint: 'taken as it is' },
  DAX514: { title: 'import: nothing to model', hint: '{advice}' },
  DAX515: {
    title: 'import: kmem memory off the grain of blocks',
    hint: 'no released kernel does so: blocks have 128M or a multiple',
  },
  DAX516: { title: 'import: no model can hold this', hint: '{advice}' },
  DAX517: { title: 'import: blocks in different states', hint: '{assumed}' },
  DAX518: { title: 'import: too large', hint: 'at most {limit} are read' },
  DAX520: {
    title: 'import: no target node',
    hint: "the firmware's tables give its range no node: look for an update, or a setting of NUMA",
  },
  DAX521: {
    title: 'import: no node of its own',
    hint: "the firmware's tables put it there: no command and no option changes that",
  },
} as const satisfies { readonly [code: string]: CodeEntry };

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

/** One fault of the user's input. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** What was found and what was expected, one sentence without a full stop. */
  readonly message: string;
  readonly place: Place;
  /** What to do. */
  readonly hint: string;
}

/**
 * Builds a fault from the table.
 *
 * @param message what was found and what was expected.
 * @param values fills the `{name}` parts of the code's hint; a part without a value stays visible.
 */
export function diagnose(
  code: DiagnosticCode,
  place: Place,
  message: string,
  values: { readonly [name: string]: string } = {},
): Diagnostic {
  const template: string = DIAGNOSTIC_CODES[code].hint;
  const hint = template.replace(/\{(\w+)\}/g, (part, name: string) => values[name] ?? part);
  return { code, message, place, hint };
}

/** Orders faults by file, line, column, then code. */
export function byPlace(left: Diagnostic, right: Diagnostic): number {
  return (
    compareText(left.place.file, right.place.file) ||
    left.place.line - right.place.line ||
    left.place.column - right.place.column ||
    compareText(left.code, right.code)
  );
}

/** Prints a fault as `file:line:column: code: message` with the hint in a second, indented line. */
export function formatDiagnostic(fault: Diagnostic): string {
  const { file, line, column } = fault.place;
  return `${file}:${line}:${column}: ${fault.code}: ${fault.message}\n    ${fault.hint}`;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
