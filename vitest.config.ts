import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: fileURLToPath(new URL('./', import.meta.url)) }] },
  test: {
    pool: 'forks',
    // Supabase Lite writes every refused query to the console; a test that fails still shows what it printed.
    silent: 'passed-only',
    tags: [
      { name: 'local', description: 'Needs the local stack: its superuser, its server, or its API.' },
      { name: 'publishable', description: 'Needs the publishable key: somebody calls who is not signed in.' },
    ],
    projects: [
      {
        extends: true,
        test: { name: 'unit', testTimeout: 30_000, include: ['tests/unit/**/*.test.{ts,tsx}'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/support/integrationSetup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['tests/chaos/**/*.test.ts'],
          // Each file runs a product of its own, and both would want all of the machine.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
