import { defineConfig } from 'vitest/config'

// `unit`: no server needed. `servers`: real databases (started once by scripts/test.mjs, or by the first process that asks).
// The packages of this repository are taken from source. Vitest hands these conditions to Node as well, where they
// hold for `require` too: so no `import` and no `module` among them, or pg would require an ES module.
// Files share a worker one after the other (`isolate: false`): most of a short file's time went into loading the same modules again.
const conditions = ['@twinwrite/source', 'node']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } }

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'test/**/*.unit.test.ts',
            'examples/*/src/**/*.test.ts',
            'scripts/*.test.mjs',
          ],
          exclude: ['**/*.server.test.ts', '**/node_modules/**'],
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          name: 'servers',
          include: ['packages/*/src/**/*.server.test.ts', 'test/**/*.server.test.ts'],
          globalSetup: ['packages/testkit/src/start-servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Most of them wait for a server, or for time to pass.
          maxWorkers: 4,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
