import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { faultTable } from './reporter.ts';

/** The whole laboratory, `npm run test:faults`. Its quick half is part of `npm test` too. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/faults/**/*.test.ts'],
    globalSetup: './tests/global-setup.ts',
    setupFiles: ['./tests/setup.ts'],
    reporters: ['default', faultTable()],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // They mostly wait, for leases that run out.
    maxWorkers: 3,
  },
});
