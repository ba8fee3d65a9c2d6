/**
 * The test run: every test/<area>/<name>.test.ts.
 *
 * Timeouts are there to end what hangs, not to measure anything.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
