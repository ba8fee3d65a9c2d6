/**
 * Exit statuses of errors, those of the lab among them.
 */
import { type Ending, endingOf as endingOfSearch } from '../ending.js';
import { EXIT } from '../errors.js';
import { LabError } from '../lab/labError.js';

/** Turns an unexpected error into one line and a status; never a stack. */
export function endingOf(error: unknown): Ending {
  if (error instanceof LabError) return { status: EXIT.systemError, message: error.message };
  return endingOfSearch(error);
}
