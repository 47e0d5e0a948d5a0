// The tables that there are, for those who have not named any yet.

import { type ConnectionSpec, TwinwriteError } from '@twinwrite/core'
import { defaultNaming, settingsOf, sqlEngine } from './engines.ts'
import { ask } from './finding.ts'

/** Names of the tables in the connection's default schema, our own control tables left out. @throws TwinwriteError `TW_UNREACHABLE` */
export async function listTables(spec: ConnectionSpec): Promise<readonly string[]> {
  const engine = sqlEngine(spec.engine)
  try {
    const session = await engine.connect(await settingsOf(spec), 'control')
    try {
      const rows = await ask(session, engine.tableNames)
      return rows.map(([name]) => name!).filter((name) => !name.startsWith(defaultNaming.prefix))
    } finally {
      await session.end()
    }
  } catch (error) {
    if (error instanceof TwinwriteError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new TwinwriteError('TW_UNREACHABLE', `the tables can't be listed: ${message}`, { cause: error })
  }
}
