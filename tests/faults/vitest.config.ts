import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { faultTable } from './reporter.ts';

/** The whole laboratory, `npm run test:faults`. Its quick half is part of `npm test` too. */
export default defineConfig({
  // As in vitest.config.ts: two copies of graphql refuse each other's schema.
  resolve: {
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }],
  },
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
