// PostgreSQL: the statements that run on the app's connection; how they read the fence is told in journal-function.ts.
// Upholds W3, W8, W14.

import type { Change, ControlNaming, Key, SideTable, SqlDialect, Statement } from '@twinwrite/core'
import { controlTables } from '../naming.ts'
import { readRow } from '../values/read-row.ts'
import { journalCall, refusedState } from './journal-function.ts'
import { encodedKey, keyArrays, keysMatch } from './keys.ts'
import { integer, literal, quote, tableName } from './quoting.ts'
import { values } from './values.ts'

/** Keys that need no escaping whatever the session's settings are. */
const plain = /^[\w.:~|-]*$/

/** A snapshot per statement, taken after the statement's table locks. PostgreSQL treats the two levels alike. */
const freshSnapshots = `current_setting('transaction_isolation') IN ('read committed', 'read uncommitted')`

export function dialect(naming: ControlNaming): SqlDialect {
  const { fence, journal, mark } = controlTables(naming, tableName)
  const mine = (alias: string): string =>
    `${alias}.migration = ${literal(naming.migration)} AND ${alias}.cohort = ${literal(naming.cohort)}`
  const open = (epoch: string, stale: boolean): string =>
    `${mine('f')} AND f.role = 'primary' AND f.epoch = ${epoch}${stale ? ' FOR SHARE OF f' : ` AND ${freshSnapshots}`}`

  const columns = '(migration, cohort, tbl, row_key, op, epoch)'
  const owner = `${literal(naming.migration)}, ${literal(naming.cohort)}`

  return {
    engine: 'postgres',
    quote,
    table: tableName,
    placeholder: (position) => `$${position}`,
    canonical: values.canonical,
    readText: (given) => given,
    typed: values.typed,
    readRow: (table, row) => readRow(values.read, table, row),

    journal: (changes: readonly Change[], epoch: number, stale: boolean): Statement => ({
      sql:
        `INSERT INTO ${journal} ${columns} SELECT ${owner}, c.tbl, c.row_key, c.op, f.epoch` +
        ` FROM ${fence} AS f CROSS JOIN unnest($1::text[], $2::text[], $3::text[]) AS c(tbl, row_key, op)` +
        ` WHERE ${open('$4::bigint', stale)}`,
      bindings: [
        changes.map(({ table }) => table),
        changes.map(({ key }) => key),
        changes.map(({ op }) => op),
        epoch,
      ],
    }),

    checkFence: (epoch, stale) => ({
      sql: `SELECT 1 FROM ${fence} AS f WHERE ${open('$1::bigint', stale)}`,
      bindings: [epoch],
    }),

    mark: (table, reason, epoch, stale) => ({
      sql:
        `INSERT INTO ${mark} (migration, cohort, tbl, reason) SELECT ${owner}, $1::text, $2::text` +
        ` FROM ${fence} AS f WHERE ${open('$3::bigint', stale)}`,
      bindings: [table, reason, epoch],
    }),

    journalAndCommit: (changes, epoch) => {
      const journaled = changes.map(({ table, key, op }) => ({
        table: literal(table),
        key: plain.test(key) ? literal(key) : hex(key),
        op: literal(op),
      }))
      return `SELECT ${journalCall(journal, naming, journaled, integer(epoch))}; COMMIT`
    },

    isUnusable: () => false,
    fold: (table, parts, op, epoch) =>
      journalCall(
        journal,
        naming,
        [{ table: literal(table), key: encodedKey(parts), op: literal(op) }],
        integer(epoch),
      ),

    refused: (error) => (error as { code?: unknown }).code === refusedState,

    rows: (table: SideTable, keys: readonly Key[]): Statement => rowsStatement(table, keys),
  }
}

function hex(text: string): string {
  return `convert_from(decode('${Buffer.from(text, 'utf8').toString('hex')}', 'hex'), 'UTF8')`
}

function rowsStatement(table: SideTable, keys: readonly Key[]): Statement {
  const column = (one: SideTable['columns'][number], alias: string): string =>
    `${values.canonical(one, `t.${quote(one.name)}`)} AS ${alias}`
  const list = [
    ...table.key.map((one, index) => column(one, `k${index}`)),
    ...table.columns.map((one, index) => column(one, `c${index}`)),
  ]
  return {
    sql: `SELECT ${list.join(', ')} FROM ${tableName(table.table)} AS t WHERE ${keysMatch(
      table,
      't',
      table.key.map((_, index) => `$${index + 1}`),
    )}`,
    bindings: keyArrays(table, keys),
  }
}
