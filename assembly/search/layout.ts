// Where the search keeps its own numbers: the control block, the workers' lines and their areas.
//
// Portable subset (plain constants), read by asc and imported by TypeScript. Addresses are
// absolute. Bytes 0-63 stay unused, so that address 0 can mean "none". What is written often has a
// cache line of its own.
//
//   64         128      192      256        320       384     512          640
//   | settings | states | cursor | reserved | barrier | level | violations | services |
//   960    1152    4096                                  65536
//   | own  | parts | a line of 64 bytes for each worker  | scenario, areas, ... (memoryPlan.ts)

/** Changes with any change below; a stale .wasm is refused. */
export const SEARCH_VERSION = 7;

// ---- Settings: written by the driver before the start, then read only (error and requests apart)

/** u32: why an instance trapped; 0 when none did. */
export const CONTROL_ERROR = 64;
/** u32: 1 when one worker is lost; the others leave at their next barrier. */
export const CONTROL_ABORT = 68;
/** u32: a Stop that the driver or a worker asks for within a level; 0 for none. */
export const CONTROL_STOP = 72;
/** u32: workers that take part. */
export const CONTROL_WORKERS = 76;
/** u32: bytes of a state; written by searchStart. */
export const CONTROL_STATE_BYTES = 80;
/** u32: properties whose violation ends the search. */
export const CONTROL_STOP_MASK = 84;
/** u32: greatest number of states, 0xffffffff for no limit. */
export const CONTROL_STATES_MAX = 88;
/** u32: greatest depth, 0xffffffff for no limit. */
export const CONTROL_DEPTH_MAX = 92;
/** u32: address of UNPACKED_BYTES for states that the driver reads. */
export const CONTROL_UNPACKED = 96;
/** u32: workers that have left explore() for a pause. */
export const CONTROL_PAUSED = 100;
/** u32: address of 65,536 bytes, one for each detail of a label: 1 when seen. */
export const CONTROL_LABELS = 104;
/** u32: address of the first indices of the levels, u32 each. */
export const CONTROL_LEVELS = 108;
/** u32: how many of them have room. */
export const CONTROL_LEVELS_MAX = 112;
/** u32: address of the area of worker 0; the next one follows after WORKER_AREA_BYTES. */
export const CONTROL_AREAS = 116;
/** u32: 1 when waiting workers may begin, 2 when they shall leave. */
export const CONTROL_START = 120;
/** u32: workers that wait for the start. */
export const CONTROL_READY = 124;

// ---- Sets -----------------------------------------------------------------------------
// The states, and the parts of packed states (parts.ts): what both sets have lies at SET_...
// from SET_STATES or SET_PARTS.

export const SET_STATES = 128;
export const SET_PARTS = 1152;
/** u32: address of the first bucket. */
export const SET_TABLE = 0;
/** u32: buckets of BUCKET_BYTES. */
export const SET_BUCKETS = 4;
/** u32: address of member number 0. */
export const SET_ARENA = 8;
/** u32: end of the set's memory; the table ends here. */
export const SET_TOP = 12;
/** u32: number of members at which the table must grow. */
export const SET_GROW_AT = 16;

/** The same of the states; the driver writes how many buckets there are at the start. */
export const CONTROL_TABLE = 128;
export const CONTROL_BUCKETS = 132;
export const CONTROL_ARENA = 136;
export const CONTROL_TOP = 140;
export const CONTROL_GROW_AT = 144;
/** u32: states that the memory has room for beside the present table. */
export const CONTROL_CAPACITY = 148;
/** u32: 1 when a worker needs a larger table. */
export const CONTROL_GROW = 152;
/** u32: what the last barrier decided, a Phase. */
export const CONTROL_PHASE = 156;
/** u32: not 0 when workers are wanted at a barrier before their level is done. */
export const CONTROL_ATTENTION = 160;
/** u32: 1 when the workers shall leave explore() at the next barrier between levels. */
export const CONTROL_PAUSE = 164;
/** u32: bytes of a state in the arena; written by searchStart. */
export const CONTROL_PACKED_BYTES = 168;
/** u32: parts of a packed state; 0 when states are kept as they are. */
export const CONTROL_PARTS = 172;
/** u32: 1 when a worker needs a larger table of parts. */
export const CONTROL_GROW_PARTS = 176;
/** u32: what is kept of a state, a Storage. */
export const CONTROL_STORAGE = 180;
/** u64: bits of a hash that count in a lossy search. */
export const CONTROL_HASH_MASK = 184;

/** The same of the parts. */
export const CONTROL_PARTS_TABLE = 1152;
export const CONTROL_PARTS_BUCKETS = 1156;
export const CONTROL_PARTS_ARENA = 1160;
export const CONTROL_PARTS_TOP = 1164;
export const CONTROL_PARTS_GROW_AT = 1168;

/** u32: index of the first state in memory; those before it are on disk (window.ts). */
export const CONTROL_FIRST = 1172;
/** u32: pauses that are over. */
export const CONTROL_PAUSES = 1176;
/** u32: 1 while a table is being enlarged; read by the sampler. */
export const CONTROL_GROWING = 1180;
/** u32: places for parts given out. */
export const CONTROL_PARTS_RESERVED = 1216;

// ---- Counters with a line of their own ------------------------------------------------

/** u32: next state of the level to be taken by a worker. */
export const CONTROL_CURSOR = 192;
/** u32: places of the arena given out, holes of unfinished blocks included. */
export const CONTROL_RESERVED = 256;
/** u32: workers at the barrier. */
export const CONTROL_ARRIVED = 320;
/** u32: barriers passed. */
export const CONTROL_GENERATION = 324;
/** u32: next bucket to be cleared while the table grows. */
export const CONTROL_CLEARED = 328;
/** u32: next state to be put into the grown table. */
export const CONTROL_MOVED = 332;

// ---- Level ----------------------------------------------------------------------------

/** u32: depth of the states that are being expanded. */
export const CONTROL_LEVEL = 384;
/** u32: their first index, and the index after the last. */
export const CONTROL_LEVEL_FROM = 388;
export const CONTROL_LEVEL_TO = 392;
/** u32: states taken at a time. */
export const CONTROL_CHUNK = 396;
/** u32: 1 when the search has ended. */
export const CONTROL_FINISHED = 400;
/** u32: a Stop: why it ended; 0 when nothing was left to expand. */
export const CONTROL_STOPPED_BY = 404;
/** u64: transitions of the levels expanded to their end. */
export const CONTROL_TRANSITIONS = 408;
/**
 * u32: states found in all, those of an unfinished level included; valid once the search has ended.
 */
export const CONTROL_FOUND = 416;

/** u32 each: least depth at which property 0-31 was violated, 0xffffffff for none. */
export const CONTROL_VIOLATIONS = 512;

// ---- Services after the search --------------------------------------------------------

/** u32: what the backward pass looks for: a property number, or TARGET_MARKED. */
export const CONTROL_TARGET = 640;
/** u32: depth of the nearest target, and the level that the pass is at. */
export const CONTROL_TARGET_LEVEL = 644;
export const CONTROL_TRACE_LEVEL = 648;
/** u32: next state of that level. */
export const CONTROL_TRACE_CURSOR = 652;
/** u32: addresses: one mark a state; one record a state; 256 bytes thread -> dense number. */
export const CONTROL_MARKS = 656;
export const CONTROL_RECORDS = 660;
/** u32: number of threads seen by the pass. */
export const CONTROL_THREADS = 664;
/** u32: chosen initial state. */
export const CONTROL_TRACE_INITIAL = 668;
/** u32: next state of the fixpoint, and whether its present pass changed a mark. */
export const CONTROL_REACH_CURSOR = 672;
export const CONTROL_REACH_CHANGED = 676;
/** 256 bytes: dense number + 1 of each thread. */
export const CONTROL_THREAD_NUMBERS = 704;

export const TARGET_MARKED = 0xffffffff;

// ---- Own properties -------------------------------------------------------------------

/** u32: 1 when the imported check() is to be asked of every new state. */
export const CONTROL_OWN = 960;
/** u32: own properties whose violation ends the search. */
export const CONTROL_OWN_STOP_MASK = 964;
/** u32 each: least depth at which own property 0-31 was violated, 0xffffffff for none. */
export const CONTROL_OWN_VIOLATIONS = 1024;

// ---- Bound of context switches --------------------------------------------------------

/** u32: most context switches of a behaviour; NO_BOUND for no bound. */
export const BOUND_MAX = 3456;
export const NO_BOUND = 0xffffffff;
/** Bytes that the search keeps behind a state's own where there is a bound. */
export const TAIL_BYTES = 8;
/**
 * u32: where the pass is that looks beyond: states, first for their threads and then for what they
 * lead to; 1 when it found a state there.
 */
export const BEYOND_CURSOR = 3460;
export const BEYOND_FOUND = 3464;
/** 36 bytes: a bit for each thread + 1. */
export const BEYOND_THREADS = 3468;

// ---- Depth first ----------------------------------------------------------------------

/** u32: address of the links: two words for each state; how many states they are for. */
export const DEPTH_LINKS = 3520;
export const DEPTH_LINKS_MAX = 3524;
/** u32: the state on top of the stack; 1 when a state was too deep; depth of the deepest one. */
export const DEPTH_ON_STACK = 3528;
export const DEPTH_IS_CUT = 3532;
export const DEPTH_DEEPEST = 3536;

// ---- Runs: walks and other searches that are repeated with another stream of numbers ----

/** u64: what all runs are drawn from. */
export const RUNS_SEED = 3584;
/** u32: most steps of a run. */
export const RUNS_DEPTH_MAX = 3592;
/** u32: number of the run after the last one to be done now. */
export const RUNS_TO = 3596;
/** u32: address of the room of worker 0; the next one follows after RUNS_ROOM_BYTES. */
export const RUNS_ROOMS = 3600;
/** u32: address of the ordinals of a run that is done again; RUNS_DEPTH_MAX of u32. */
export const RUNS_TRAIL = 3604;
/** u32: address and bytes of the bitmap of states seen, a bit for each hash. */
export const RUNS_BITMAP = 3608;
export const RUNS_BITMAP_BYTES = 3612;
/** u32: initial state of a run that is done again. */
export const RUNS_INITIAL = 3616;
/** u32: next run to be taken by a worker; a line of its own. */
export const RUNS_NEXT = 3648;

/**
 * Of a swarm. u32: most states of a search; address of a record for each search; the least number
 * of a search that ended the swarm.
 */
export const RUNS_STATES_MAX = 3620;
export const RUNS_RECORDS = 3624;
export const RUNS_LEAST = 3628;
/** u32: address and bytes of worker 0's stack; bytes from one worker's bitmap to the next one's. */
export const RUNS_STACK = 3632;
export const RUNS_STACK_BYTES = 3636;
export const RUNS_SHARE = 3640;
/** Of a record: states, steps, greatest depth, and 1 when the search ran to its end; u32 each. */
export const RUN_RECORD_BYTES = 16;
export const RECORD_STATES = 0;
export const RECORD_STEPS = 4;
export const RECORD_DEEPEST = 8;
export const RECORD_ENDED = 12;

/** A worker's room: successors of a state, what is known of them, a state. */
export const RUNS_STATES_BYTES = 1048576;
export const RUNS_ROOM_BYTES = 1131776;
/** Added to the number of an own property where a target is named. */
export const TARGET_OWN = 32;

// ---- Workers --------------------------------------------------------------------------

export const WORKERS_MAX = 64;
/** A line of 64 bytes for each worker. */
export const WORKER_LINES = 4096;
export const WORKER_LINE_BYTES = 64;
/** u64: transitions so far. */
export const LINE_TRANSITIONS = 0;
/** u32: next place of the worker's block in the arena, and its end. */
export const LINE_NEXT = 8;
export const LINE_END = 12;
/** u64: a sum that nobody reads; it keeps loads ahead of their use from being optimised away. */
export const LINE_TOUCHED = 16;
/** u32: longest run of the worker, and how many bits of the bitmap it has set. */
export const LINE_LONGEST = 56;
export const LINE_SEEN = 60;
/** u32: next place of the worker's block of parts, and its end. */
export const LINE_PART_NEXT = 24;
export const LINE_PART_END = 28;

/**
 * An area for each worker: scratch memory of the system, four states, hashes of a batch and the
 * states with which each may be equal (u32 each), the batch, its states packed, one packed state,
 * one part.
 */
export const WORKER_SCRATCH_BYTES = 1048576;
export const WORKER_STATES_BYTES = 65536;
export const BATCH_MAX = 64;
export const BATCH_HASHES_BYTES = 512;
export const BATCH_LIKELY_BYTES = 256;
export const BATCH_BYTES = 16384;
export const BATCH_PACKED_BYTES = 2048;
export const PACKED_BYTES_MAX = 2048;
export const WORKER_AREA_BYTES = 1135424;
export const STATE_BYTES_MAX = 16384;

// ---- Sizes ----------------------------------------------------------------------------

export const LABEL_DETAILS = 65536;
export const BUCKET_BYTES = 64;
export const BUCKET_SLOTS = 8;
/** Bytes a state that stay free for the services: a mark, then a record of RECORD_BYTES. */
export const SIDE_BYTES = 16;
/** Bytes of a part of a packed state; narrower states are not packed. */
export const PART_BYTES = 64;
/** Buckets of the parts' table at the start, and the share of the memory that parts have. */
export const PARTS_BUCKETS = 1024;
export const PARTS_SHARE = 8;
/** Bytes of unpacked states at a time. */
export const UNPACKED_BYTES = 1048576;
export const RECORD_BYTES = 12;
/** Before the state in the output of `successors`: label, bits of check. */
export const SUCCESSOR_HEAD_BYTES = 8;

// ---- Codes ----------------------------------------------------------------------------

/** What explore, traceRun and reachRun return. */
export const RUN_DONE = 0;
export const RUN_MORE = 1;
/** Of explore alone: all workers stand still between two levels until CONTROL_PAUSE is 0. */
export const RUN_PAUSED = 2;

/** What is kept of a state found: all of it, or less (lossy.ts). */
export const STORAGE_EXACT = 0;
export const STORAGE_FINGERPRINT = 1;
export const STORAGE_FINGERPRINT_128 = 2;
export const STORAGE_BITSTATE = 3;
/** Bits drawn for a state of a bitstate search, of the 64 of a word. */
export const STORAGE_BITSTATE_DRAWS = 5;

/** Why a search ended before everything was expanded. */
export const STOP_NONE = 0;
export const STOP_VIOLATION = 1;
export const STOP_STATES = 2;
export const STOP_DEPTH = 3;
export const STOP_TIME = 4;
export const STOP_MEMORY = 5;
export const STOP_INTERRUPT = 6;

/** What a barrier decides. */
export const PHASE_LEVEL = 1;
export const PHASE_GROW = 2;
export const PHASE_GO_ON = 3;
export const PHASE_STOPPED = 4;
export const PHASE_PAUSED = 5;

/** Failures: a bug of daxcheck or of a System, never of a model. Systems use codes from 100 on. */
export const FAIL_TABLE_FULL = 1;
export const FAIL_STATE_BYTES = 2;
export const FAIL_NO_INITIAL = 3;
export const FAIL_THREADS = 4;
export const FAIL_TRACE = 5;
export const FAIL_LOOKUP = 6;
