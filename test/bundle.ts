// The workers as one file each: a process that is to be killed again in a second must not take two to start.

import { build } from 'esbuild'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const source = (name: string): string => `${root}packages/${name}/src/index.ts`
/**
 * @param test folder of `<role>.worker.ts`, below this one
 * @returns folder of the bundles, `<role>.worker.mjs`
 */
export async function bundleWorkers(test: string, roles: readonly string[]): Promise<URL> {
  const folder = new URL(`${test}/.bundle/`, import.meta.url)
  await build({
    entryPoints: roles.map((role) => `${root}test/${test}/${role}.worker.ts`),
    outdir: fileURLToPath(folder),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Each ORM apart, so that a process loads its own.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['knex', 'typeorm', '@prisma/*', 'pg', 'mysql2', 'better-sqlite3'],
    // For what is CommonJS in it.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
    },
    alias: {
      '@twinwrite/core': source('core'),
      '@twinwrite/sql': source('sql'),
      '@twinwrite/knex': source('knex'),
      '@twinwrite/prisma': source('prisma'),
      '@twinwrite/typeorm': source('typeorm'),
      '@twinwrite/backfill': source('backfill'),
      '@twinwrite/verify': source('verify'),
      '@twinwrite/testkit': `${root}packages/testkit/src/parent.ts`,
    },
    logLevel: 'warning',
  })
  return folder
}
