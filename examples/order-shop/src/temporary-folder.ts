// A folder that is gone when the process ends, however it ends but by kill -9.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-shop-'))
  // PostgreSQL, which runs as another user when we are root, has its own folder in it.
  chmodSync(folder, 0o711)
  // Processes that were just killed may still be writing.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
  return folder
}
