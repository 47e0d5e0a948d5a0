// What it takes to run one engine's server: find or fetch its program, make a data directory, start, stop.
// One implementation per engine, in files of the same form: postgres-, mysql- and mariadb-program.ts.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Command } from './unprivileged.ts'

export interface StartOptions {
  /** Folder of the instance: the data directory is `data` below it. */
  folder: string
  port: number
  /** A commit survives a crash (fsync at every commit). Benchmarks depend on it; torture of logic may do without. */
  durable: boolean
}

export interface ServerProgram {
  version: string
  origin: 'installed' | 'debian package'
  /** Fills the empty folder with a data directory as after installation. */
  initialize(dataFolder: string): void
  /** Fills the empty folder with a copy of a running server's data that goes on following it, where the engine has a way. */
  follow?(dataFolder: string, primary: string): void
  start(options: StartOptions): Command
  /** The signal that stops it cleanly without waiting for clients. */
  stopSignal: NodeJS.Signals
}

const triplets: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
}

/** Library folders of unpacked packages. */
export function libraryFolders(root: string): string[] {
  const triplet = triplets[process.arch]
  if (!triplet) throw new Error(`no Debian library folder is known for ${process.arch}`)
  return [join(root, 'usr/lib', triplet), join(root, 'lib', triplet)]
}

/** Environment in which a program of the own release finds the libraries that were unpacked with it. */
export const libraryPath = (root: string) => ({ LD_LIBRARY_PATH: libraryFolders(root).join(delimiter) })

/** Folders in which installed server programs are looked for: PATH, and the system folders that users' PATHs lack. */
export const programFolders = () => [
  ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
  '/usr/sbin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
]

/** `PROGRAM --version`, or undefined where it is missing or does not run. */
export function versionLine(file: string, env: Record<string, string> = {}): string | undefined {
  if (!existsSync(file)) return undefined
  const run = spawnSync(file, ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 20_000,
  })
  return run.status === 0 ? run.stdout.trim() : undefined
}

export function atLeast(version: string, minimum: string): boolean {
  const [have, want] = [version, minimum].map((text) => text.split('.').map(Number))
  for (const [index, part] of (want ?? []).entries()) {
    const own = have?.[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}

/** Set `TWINWRITE_TEST_INSTALLED=0` to take packages even where a server is installed (as a fresh machine does). */
export const mayUseInstalled = () => process.env['TWINWRITE_TEST_INSTALLED'] !== '0'
