// Where servers live on disk. Downloads and pristine data directories are shared by all checkouts of a machine;
// running instances are keyed by the checkout, so that two checkouts never meet in one data directory.
// Neither is inside the checkout: servers run as another user than root, who may not enter a home directory.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerEngine } from './engine.ts'

const checkout = fileURLToPath(new URL('../../../', import.meta.url))
const isRoot = process.getuid?.() === 0

function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o755 })
  const owner = statSync(path).uid
  const self = process.getuid?.()
  if (self !== undefined && owner !== self) {
    throw new Error(
      `${path} belongs to user ${owner}, not to us: set TWINWRITE_SERVERS_DIR to another folder`,
    )
  }
  return path
}

/** Folder of downloaded packages and pristine data directories (`TWINWRITE_CACHE_DIR` overrides). */
export function cacheFolder(): string {
  const fallback = isRoot ? '/var/cache' : (process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'))
  return ownFolder(process.env['TWINWRITE_CACHE_DIR'] ?? join(fallback, 'twinwrite'))
}

/** Folder of this checkout's running servers (`TWINWRITE_SERVERS_DIR` overrides): a real disk, for commits must be durable. */
export function serversFolder(): string {
  const key = createHash('sha256').update(checkout).digest('hex').slice(0, 8)
  const base = process.env['TMPDIR'] ?? (existsSync('/var/tmp') ? '/var/tmp' : tmpdir())
  return ownFolder(
    process.env['TWINWRITE_SERVERS_DIR'] ?? join(base, `twinwrite-${process.getuid?.() ?? 0}-${key}`),
  )
}

/** Folder of the shared instance of an engine. */
export const sharedFolder = (engine: ServerEngine) => join(serversFolder(), engine)
