// The System that the search is compiled for. Builds of other systems replace this file alone.
export { KernelSystem as System } from './kernel/system';
