/**
 * The graph of a model's states, as it is written to files and drawn: every state by itself, or one
 * node for all states that userland cannot tell apart, now or later.
 */

/** A state, or a class of states that userland cannot tell apart. */
export interface GraphNode {
  /** What userland sees, a line each: /proc/iomem, devices, memory blocks, ids, the policy. */
  readonly machine: readonly string[];
  /** Where the threads are; empty in the collapsed graph. */
  readonly threads: readonly string[];
  /** Properties that are violated in it. */
  readonly violates: readonly string[];
  /** How many states it stands for. */
  readonly states: number;
  /** False where a limit ended the exploration: it may have steps that are not shown. */
  readonly isExpanded: boolean;
}

/** A step, or all steps between two nodes that userland cannot tell apart. */
export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  /** Nobody sees the step, in the collapsed graph: `thread`, `command` and `result` are empty. */
  readonly isSilent: boolean;
  readonly thread: string;
  readonly command: string;
  /** 'ok' or an errno; empty where no system call returned. */
  readonly result: string;
  /** What a read gave. */
  readonly value: string | null;
  /** The innermost kernel function of the step; null in the collapsed graph. */
  readonly inside: string | null;
}

/** A counterexample's way through the graph. */
export interface GraphPath {
  readonly property: string;
  /** The edge of each step; null for one that stays inside a node of the collapsed graph. */
  readonly edges: readonly (number | null)[];
  readonly end: number;
}

export interface StateGraph {
  readonly model: string;
  readonly title: string;
  readonly kernel: string;
  readonly granularity: 'call' | 'step';
  readonly isCollapsed: boolean;
  /** Distinct states and transitions of the model; what the nodes stand for. */
  readonly states: number;
  readonly transitions: number;
  /** A limit of depth or states that the exploration stopped at; all states are there otherwise. */
  readonly isCut: boolean;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Nodes that a behaviour may begin in, without duplicates. */
  readonly initial: readonly number[];
  readonly paths: readonly GraphPath[];
}
