// For tests: a project's folder with two databases, and the real command in it, as a process of its own.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Engine, type FreshDatabase, freshDatabase, openSession } from '@twinwrite/testkit'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { Ran } from './run-cli.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface Project {
  /** Of the migration; scratch databases are called by it. */
  readonly name: string
  readonly folder: string
  readonly source: FreshDatabase
  readonly target: FreshDatabase
  file(name: string, text: string): void
  /** Begins a rehearsal that has no faults and short rests. @param inputs further flags */
  begin(...inputs: readonly string[]): Running
  rehearse(...inputs: readonly string[]): Promise<Ran>
}

export interface Running {
  readonly pid: number
  readonly done: Promise<Ran>
  /** Resolves when it has printed such a line. */
  said(text: string): Promise<void>
  kill(signal: NodeJS.Signals): void
}

const configText = (name: string, tables: string): string => `
import { defineConfig } from '@twinwrite/cli'
import { defineMigration } from '@twinwrite/sql'

const migration = defineMigration({ name: '${name}', tables: ${tables}, beatMs: 100, leaseMs: 300 })
export default defineConfig({
  migrations: [{ migration, source: process.env.SHOP_URL!, target: process.env.TARGET_URL! }],
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
  file('twinwrite.config.ts', configText(name, tables))
  const env = { ...process.env, SHOP_URL: source.url, TARGET_URL: target.url, CI: 'true' }
  const begin = (...inputs: readonly string[]): Running => {
    const quick = ['--rest', '0.2', '--processes', '2', '--rate', '30', '--rows', '100']
    const given = [main, 'rehearse', ...quick, ...inputs]
    const args = ['--conditions=@twinwrite/source', '--import', 'tsx', ...given]
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text))
    const done = new Promise<Ran>((resolve) => {
      child.on('close', (code) => resolve({ code, ...texts }))
    })
    return {
      pid: child.pid!,
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
      kill: (signal) => void child.kill(signal),
    }
  }
  return { name, folder, source, target, file, begin, rehearse: (...inputs) => begin(...inputs).done }
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
