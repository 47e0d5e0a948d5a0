// Pristine data directories, made once per machine and version: an instance starts from a copy within a second,
// where MySQL alone needs many to initialize. So every start is a clean one, and nothing has to be cleaned up.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerEngine } from './engine.ts'
import { withLock } from './exclusive-lock.ts'
import { cacheFolder } from './server-home.ts'
import type { ServerProgram } from './server-program.ts'
import { serverUser } from './unprivileged.ts'

/** Raise it when what `initialize` makes changes. */
const templateVersion = 2

function giveToServer(folder: string): void {
  const user = serverUser()
  if (user) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder])
  chmodSync(folder, 0o700)
}

/** Replaces `target` by a fresh data directory. */
export async function copyPristineData(
  engine: ServerEngine,
  program: ServerProgram,
  target: string,
): Promise<void> {
  const parent = join(cacheFolder(), 'data')
  const template = join(parent, `${engine}-${program.version}-${templateVersion}-${process.arch}`)
  await withLock(`${template}.lock`, async () => {
    if (existsSync(template)) return
    const partial = `${template}.partial`
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { mode: 0o700 })
    const user = serverUser()
    if (user) chownSync(partial, user.uid, user.gid)
    program.initialize(partial)
    rmSync(join(partial, 'auto.cnf'), { force: true }) // MySQL's server identity: each copy makes its own
    renameSync(partial, template)
  })
  rmSync(target, { recursive: true, force: true })
  execFileSync('cp', ['-a', template, target])
  giveToServer(target)
}

/** Makes a data directory that follows a running server. */
export function copyPrimaryData(program: ServerProgram, target: string, primary: string): void {
  if (program.follow === undefined) throw new Error('only PostgreSQL makes a standby out of a running server')
  mkdirSync(target)
  giveToServer(target)
  program.follow(target, primary)
}
