// For tests: the command as a process of its own, on a terminal (that `script` of util-linux makes) or on pipes.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { ConnectionSpec, MigrationConfig } from '@twinwrite/core'

export interface Running {
  readonly child: ChildProcess
  /** What it has printed so far. */
  out(): string
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

export interface Place {
  /** Columns of the terminal; left out: pipes. */
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
}

const loader = import.meta.resolve('tsx')
const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** A folder with a configuration, from which the packages of this repository can be imported. */
export function folderWith(text: string): string {
  const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.terminal-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'twinwrite.config.mjs'), text)
  return folder
}

export function configText(
  migration: MigrationConfig,
  source: ConnectionSpec,
  target: ConnectionSpec,
): string {
  const [written, from, to] = [migration, source, target].map((part) => JSON.stringify(part))
  return (
    `import { defineMigration } from '@twinwrite/sql'\n` +
    `export default { migrations: [{ migration: defineMigration(${written}), source: ${from}, target: ${to} }] }\n`
  )
}

export function command(cwd: string, inputs: readonly string[], { columns, env = {} }: Place = {}): Running {
  const own = [process.execPath, '--conditions=@twinwrite/source', '--import', loader, main, ...inputs]
  const { CI: _, NO_COLOR: __, ...outer } = process.env
  const options = { cwd, env: { ...outer, TERM: 'xterm', ...env } }
  const quoted = own.map((part) => `'${part}'`).join(' ')
  const child =
    columns === undefined
      ? spawn(own[0]!, own.slice(1), options)
      : spawn('script', ['-qec', `stty cols ${columns} rows 24; exec ${quoted}`, '/dev/null'], options)
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()))
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }))
  })
  return { child, out: () => texts.out, ended }
}
