// SQLite: the statements that run on the app's connection. A writing transaction is alone in the database, so reading the fence
// in it is enough; one whose snapshot is older than a change of the fence cannot write any more (PROTOCOL 5.11). Upholds W3, W8, W14.

import type { Column, ControlNaming, SqlDialect, Statement } from '@twinwrite/core'
import { controlTables } from '../naming.ts'
import { render } from '../sql-text.ts'
import { readRow } from '../values/read-row.ts'
import { exactly, readText } from './any-text.ts'
import { inlet, now } from './control-tables.ts'
import { keysMatch } from './keys.ts'
import { integer, literal, quote, tableName } from './quoting.ts'
import { readExact, values } from './values.ts'

export function dialect(naming: ControlNaming): SqlDialect {
  const { fence, journal, mark } = controlTables(naming, tableName)
  const owner = `${literal(naming.migration)}, ${literal(naming.cohort)}`
  const open = (epoch: number): string =>
    `f.migration = ${literal(naming.migration)} AND f.cohort = ${literal(naming.cohort)}` +
    ` AND f.role = 'primary' AND f.epoch = ${integer(epoch)}`

  return {
    engine: 'sqlite',
    quote,
    table: tableName,
    placeholder: () => '?',
    canonical,
    readText,
    typed: values.typed,
    readRow: (table, row) => readRow(readExact, table, row),

    // One document for any number of changes: the number of placeholders is limited. What is inserted is returned, since nothing
    // that goes through a view is counted.
    journal: (changes, epoch) => ({
      sql:
        `INSERT INTO ${inlet(journal)} (migration, cohort, tbl, row_key, op, epoch)` +
        ` SELECT ${owner}, c.value ->> 0, c.value ->> 1, c.value ->> 2, f.epoch` +
        ` FROM ${fence} AS f JOIN json_each(?) AS c WHERE ${open(epoch)} RETURNING 1`,
      bindings: [JSON.stringify(changes.map(({ table, key, op }) => [table, key, op]))],
    }),

    checkFence: (epoch) => ({
      sql: `SELECT 1 AS open FROM ${fence} AS f WHERE ${open(epoch)}`,
      bindings: [],
    }),

    // Later than any other mark, so that one which takes the place of another is not taken for it.
    mark: (table, reason, epoch) => ({
      sql:
        `INSERT OR REPLACE INTO ${mark} (migration, cohort, tbl, reason, created_at)` +
        ` SELECT ${owner}, ?, ?, max(${now}, (SELECT 1 + coalesce(max(created_at), 0) FROM ${mark}))` +
        ` FROM ${fence} AS f WHERE ${open(epoch)}`,
      bindings: [table, reason],
    }),

    journalAndCommit: () => null,
    isUnusable: () => false,
    fold: () => null,
    refused: () => false,

    rows: (table, keys): Statement => {
      const column = (one: (typeof table.columns)[number], alias: string): string =>
        `${canonical(one, `t.${quote(one.name)}`)} AS ${alias}`
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

/** The app's connection can't look again at a text that its driver has changed. A rowid is an integer. */
function canonical(column: Column, expression: string): string {
  const text = values.canonical(column, expression)
  return column.counter ? text : exactly(text)
}
