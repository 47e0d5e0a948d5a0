// A client that only compiles: the target's dialect, without hooks of its own. Names are already the database's when it
// sees them, and what a missing value means (DEFAULT or NULL) is the source's business.

import type { Client } from '../knex-internals.ts'

export function compilingClient(target: Client, source: Client): Client {
  const compiling = Object.create(target) as Client
  compiling.config = { ...target.config, asyncStackTraces: false }
  delete compiling.config.wrapIdentifier
  delete compiling.config.postProcessResponse
  compiling.logger = source.logger
  compiling.valueForUndefined = source.valueForUndefined === null ? null : compiling.raw('DEFAULT')
  return compiling
}
