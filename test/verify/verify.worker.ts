// A verification with repair in a process of its own, slow enough to be killed in the middle.

import type { ConnectionSpec, MigrationConfig, Side } from '@twinwrite/core'
import { defineMigration } from '@twinwrite/sql'
import { parent } from '@twinwrite/testkit'
import { verify } from '@twinwrite/verify'

const given = JSON.parse(process.argv[2]!) as {
  readonly config: MigrationConfig
  readonly sides: Record<Side, ConnectionSpec>
}
const migration = defineMigration(given.config).operate(given.sides)
const run = verify(migration, { repair: true, chunkMs: 5, rowsPerSecond: 700, parallel: 1 })
const timer = setInterval(() => parent.send({ kind: 'progress', rows: rowsOf() }), 20)
const report = await run.done
clearInterval(timer)
parent.send({ kind: 'done', report })
await migration.close()

function rowsOf(): number {
  return run.progress().tables.reduce((sum, { rows }) => sum + rows, 0)
}
