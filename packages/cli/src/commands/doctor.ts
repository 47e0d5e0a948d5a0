import { buildCommand } from '@stricli/core'
import { type MappingProblem, type RunningMigration, type Side, TwinwriteError } from '@twinwrite/core'
import { type Finding, inspect } from '@twinwrite/sql'
import type { Context } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  operate,
  type Operation,
  type Outcome,
} from '../operation.ts'

const signs = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ' } as const

export const doctor = buildCommand<CommonFlags, [], Context>({
  docs: {
    brief: 'What stands in the way on both servers and in the mapping, with the SQL that mends it',
    fullDescription:
      'Looks at versions, rights, keys, types, collations, triggers, foreign keys, table engines, clocks, old transactions and server settings. Changes nothing. Exit code 1 where something must be mended first.',
  },
  parameters: { flags: commonFlags, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, examine)
  },
})

async function examine({ migration, entry }: Operation): Promise<Outcome> {
  const side = (name: Side): Promise<readonly Finding[]> =>
    inspect(
      entry[name],
      name,
      migration.tables.map((table) => table[name]),
    )
  const [source, target] = await Promise.all([side('source'), side('target')])
  const mapping = await mappingFindings(migration)
  const found = { source, target, mapping }
  const failed = Object.values(found).some((list) => list.some(({ level }) => level === 'error'))
  const text = Object.entries(found)
    .filter(([, list]) => list.length > 0)
    .map(([place, list]) => [place, ...list.map(lineOf)].join('\n'))
    .join('\n')
  return { data: found, text, code: failed ? exitCode.failed : exitCode.ok }
}

/** None where a side does not answer: that is said already. */
async function mappingFindings(migration: RunningMigration): Promise<readonly Finding[]> {
  try {
    return (await migration.check()).map(finding)
  } catch (error) {
    if (error instanceof TwinwriteError && error.code === 'TW_UNREACHABLE') return []
    throw error
  }
}

function finding({ severity, code, message, hint }: MappingProblem): Finding {
  return { level: severity, message: `${code}: ${message}`, mend: `${hint}.` }
}

function lineOf({ level, message, mend }: Finding): string {
  return `  ${signs[level]} ${message}${mend === undefined ? '' : `\n          mend: ${mend}`}`
}
