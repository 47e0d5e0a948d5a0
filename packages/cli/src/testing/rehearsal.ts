// For tests: a project's folder with two databases, and the real command in it, as a process of its own.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Engine, type FreshDatabase, freshDatabase, openSession } from '@twinwrite/testkit'
import Database from 'better-sqlite3'
import { build } from 'esbuild'
import { afterAll, onTestFinished } from 'vitest'
import type { Ran } from './run-cli.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const packageEntry = (name: string): string => `${root}packages/${name}/src/index.ts`

/**
 * The command and all that its processes run, in one folder as when it is built: a rehearsal starts too many to read each from its source.
 * @returns the folder
 */
async function builtCommand(): Promise<string> {
  const outdir = mkdtempSync(fileURLToPath(new URL('../../.project-', import.meta.url)))
  const names = ['core', 'sql', 'knex', 'backfill', 'verify', 'control', 'rehearse', 'cli']
  await build({
    entryPoints: {
      main: `${root}packages/cli/src/main.ts`,
      rehearsed: `${root}packages/cli/src/rehearsed.ts`,
      process: `${root}packages/rehearse/src/process.ts`,
      sql: packageEntry('sql'),
      cli: packageEntry('cli'),
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: [
      'knex',
      'pg',
      'mysql2',
      'better-sqlite3',
      'ioredis',
      'c12',
      'zod',
      '@clack/prompts',
      '@stricli/core',
    ],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
    },
    alias: Object.fromEntries(names.map((name) => [`@twinwrite/${name}`, packageEntry(name)])),
    logLevel: 'warning',
  })
  return outdir
}

let command: Promise<string> | undefined
afterAll(async () => {
  if (command !== undefined) rmSync(await command, { recursive: true })
})

export interface Project {
  /** Of the migration; scratch databases are called by it. */
  readonly name: string
  /** Text of its configuration, which takes the source from SOURCE_URL. */
  readonly config: string
  readonly source: FreshDatabase
  readonly target: FreshDatabase
  file(name: string, text: string): void
  /** Begins a rehearsal that has no faults and short rests. @param inputs further flags */
  begin(...inputs: readonly string[]): Running
  rehearse(...inputs: readonly string[]): Promise<Ran>
}

export interface Running {
  readonly done: Promise<Ran>
  /** Resolves when it has printed such a line. */
  said(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
}

const configText = (built: string, name: string, tables: string): string => `
import { defineConfig } from '${built}/cli.mjs'
import { defineMigration } from '${built}/sql.mjs'

const migration = defineMigration({ name: '${name}', tables: ${tables}, beatMs: 100, leaseMs: 300 })
export default defineConfig({
  migrations: [{ migration, source: process.env.SOURCE_URL!, target: process.env.TARGET_URL! }],
})
`

/** @param statements that make the tables of both sides */
export async function project(
  engines: readonly [Engine, Engine],
  tables: string,
  statements: readonly [readonly string[], readonly string[]],
): Promise<Project> {
  const name = `shop_${randomBytes(4).toString('hex')}`
  const [source, target] = await Promise.all([freshDatabase(engines[0]), freshDatabase(engines[1])])
  for (const [at, side] of [source, target].entries()) {
    onTestFinished(() => side.drop())
    for (const statement of statements[at]!) await query(side, statement)
  }
  const folder = mkdtempSync(fileURLToPath(new URL('../../.project-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = (path: string, text: string): void => writeFileSync(join(folder, path), text)
  const built = await (command ??= builtCommand())
  const config = configText(built, name, tables)
  file('twinwrite.config.ts', config)
  const env = { ...process.env, SOURCE_URL: source.url, TARGET_URL: target.url, CI: 'true' }
  const begin = (...inputs: readonly string[]): Running => {
    const quick = ['--rest', '0.2', '--processes', '2', '--rate', '30', '--rows', '100']
    const args = [join(built, 'main.mjs'), 'rehearse', ...quick, ...inputs]
    // A terminal signals a group.
    const options = { cwd: folder, env, detached: true } as const
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text))
    const done = new Promise<Ran>((resolve) => {
      child.on('close', (code) => resolve({ code, ...texts }))
    })
    return {
      done,
      said: (text) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (texts.out.includes(text)) resolve()
          }
          child.stdout.on('data', look)
          child.on('close', () => reject(new Error(`it ended without "${text}": ${texts.out}${texts.err}`)))
          look()
        }),
      kill: (signal) => void process.kill(-child.pid!, signal),
    }
  }
  return { name, config, source, target, file, begin, rehearse: (...inputs) => begin(...inputs).done }
}

export async function query(side: FreshDatabase, sql: string): Promise<readonly Record<string, unknown>[]> {
  if (side.engine !== 'sqlite') {
    const session = await openSession(side.engine, side.url)
    try {
      return await session.query(sql)
    } finally {
      session.close()
    }
  }
  const database = new Database(side.url.replace('sqlite:', ''))
  try {
    const statement = database.prepare(sql)
    if (statement.reader) return statement.all() as Record<string, unknown>[]
    statement.run()
    return []
  } finally {
    database.close()
  }
}
