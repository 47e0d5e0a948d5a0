// MySQL and MariaDB: the statements that run on the app's connection. A locking read of the fence always sees the latest version,
// in every isolation level (PROTOCOL 5.11). Keys are bound as hexadecimal: nothing depends on the connection's
// character set, and no way of escaping can go wrong. Upholds W3, W8, W14.

import type { Change, ControlNaming, EngineName, SqlDialect, Statement } from '@twinwrite/core'
import { controlTables } from '../naming.ts'
import { render } from '../sql-text.ts'
import { readRow } from '../values/read-row.ts'
import {
  documentOf,
  documentRows,
  isUnusable,
  journalAndCommit,
  journalColumns,
  refusedState,
} from './journal-procedure.ts'
import { keysMatch } from './keys.ts'
import { hex, integer, literal, quote, tableName } from './quoting.ts'
import { now, shared } from './sql-words.ts'
import { values } from './values.ts'

/** An id that is given, not generated, leaves LAST_INSERT_ID() to the app. Unsigned numbers do not fit. */
const ownId = 'UUID_SHORT() & 0x7FFFFFFFFFFFFFFF'

export function dialect(engine: EngineName, naming: ControlNaming): SqlDialect {
  const { fence, journal, mark } = controlTables(naming, tableName)
  const owner = `${literal(naming.migration)}, ${literal(naming.cohort)}`
  const open = (epoch: number): string =>
    `f.migration = ${literal(naming.migration)} AND f.cohort = ${literal(naming.cohort)}` +
    ` AND f.role = 'primary' AND f.epoch = ${integer(epoch)}`

  return {
    engine,
    quote,
    table: tableName,
    placeholder: () => '?',
    canonical: values.canonical,
    readText: (given) => given,
    typed: values.typed,
    readRow: (table, row) => readRow(values.read, table, row),

    journal: (changes, epoch) => {
      const [source, bindings] = changes.length === 1 ? oneChange(changes[0]!) : manyChanges(changes)
      return {
        sql:
          `INSERT INTO ${journal} ${journalColumns}` +
          ` SELECT ${owner}, c.tbl, c.row_key, c.op, f.epoch, ${now}` +
          ` FROM ${fence} AS f CROSS JOIN ${source} AS c WHERE ${open(epoch)} ${shared}`,
        bindings,
      }
    },

    checkFence: (epoch) => ({
      sql: `SELECT 1 FROM ${fence} AS f WHERE ${open(epoch)} ${shared}`,
      bindings: [],
    }),

    mark: (table, reason, epoch) => ({
      sql:
        `INSERT INTO ${mark} (id, migration, cohort, tbl, reason, created_at)` +
        ` SELECT ${ownId}, ${owner}, CONVERT(UNHEX(?) USING utf8mb4), CONVERT(UNHEX(?) USING utf8mb4), ${now}` +
        ` FROM ${fence} AS f WHERE ${open(epoch)} ${shared}`,
      bindings: [hex(table), hex(reason)],
    }),

    journalAndCommit: (changes, epoch) => journalAndCommit(journal, naming, changes, epoch),
    isUnusable,
    fold: () => null,
    refused: (error) => (error as { sqlState?: unknown }).sqlState === refusedState,

    rows: (table, keys): Statement => {
      const column = (one: (typeof table.columns)[number], alias: string): string =>
        `${values.canonical(one, `t.${quote(one.name)}`)} AS ${alias}`
      const list = [
        ...table.key.map((one, index) => column(one, `k${index}`)),
        ...table.columns.map((one, index) => column(one, `c${index}`)),
      ]
      const where = render(keysMatch(table, 't', keys), () => '?')
      return {
        sql: `SELECT ${list.join(', ')} FROM ${tableName(table.table)} AS t WHERE ${where.sql}`,
        bindings: where.bindings,
      }
    },
  }
}

type Source = readonly [sql: string, bindings: readonly unknown[]]

function oneChange({ table, key, op }: Change): Source {
  return [
    `(SELECT CONVERT(UNHEX(?) USING utf8mb4) AS tbl, UNHEX(?) AS row_key, ${literal(op)} AS op)`,
    [hex(table), hex(key)],
  ]
}

function manyChanges(changes: readonly Change[]): Source {
  return [documentRows('CONVERT(UNHEX(?) USING utf8mb4)'), [hex(documentOf(changes))]]
}
