/** Options that several commands have, and how a command tells its status. */
import { Option } from 'commander';

/** Takes the exit status of a command. */
export type Report = (status: number) => void;

export const json = (): Option => new Option('--json', 'print JSON, one object a line');
export const noColor = (): Option => new Option('--no-color', 'no colours, also on a terminal');
