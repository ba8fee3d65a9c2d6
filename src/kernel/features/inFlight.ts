/**
 * Patches that are posted and not merged: no release has them, a model asks for one by `with:`.
 * `since` says when which version was posted; oldest first. CONTRIBUTING.md has the recipe.
 */
import type { Row } from './row.js';

export const IN_FLIGHT_FEATURES: readonly Row[] = [];
