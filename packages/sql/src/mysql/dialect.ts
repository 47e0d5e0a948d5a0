// MySQL and MariaDB: the statements that run on the app's connection. A locking read of the fence always sees the latest version,
// in every isolation level (PROTOCOL 5.11). Keys are bound as hexadecimal: nothing depends on the connection's
// character set, and no way of escaping can go wrong. Upholds W3, W8, W14.

import type { Change, ControlNaming, EngineName, SqlDialect, Statement } from '@twinwrite/core'
import { controlTables } from '../naming.ts'
import { render } from '../sql-text.ts'
import { readRow } from '../values/read-row.ts'
import { now } from './control-tables.ts'
import { keysMatch } from './keys.ts'
import { integer, literal, quote, tableName } from './quoting.ts'
import { values } from './values.ts'

/** Understood by both servers. */
export const shared = 'LOCK IN SHARE MODE'

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
    typed: values.typed,
    readRow: (table, row) => readRow(values, table, row),

    journal: (changes, epoch) => {
      const [source, bindings] = changes.length === 1 ? oneChange(changes[0]!) : manyChanges(changes)
      return {
        sql:
          `INSERT INTO ${journal} (migration, cohort, tbl, row_key, op, epoch, created_at)` +
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
        `INSERT INTO ${mark} (migration, cohort, tbl, reason, created_at)` +
        ` SELECT ${owner}, CONVERT(UNHEX(?) USING utf8mb4), CONVERT(UNHEX(?) USING utf8mb4), ${now}` +
        ` FROM ${fence} AS f WHERE ${open(epoch)} ${shared}`,
      bindings: [hex(table), hex(reason)],
    }),

    journalAndCommit: () => null,
    fold: () => null,
    refused: () => false,

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

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex')
}

type Source = readonly [sql: string, bindings: readonly unknown[]]

function oneChange({ table, key, op }: Change): Source {
  return [
    `(SELECT CONVERT(UNHEX(?) USING utf8mb4) AS tbl, UNHEX(?) AS row_key, ${literal(op)} AS op)`,
    [hex(table), hex(key)],
  ]
}

/** One document of hexadecimal texts for any number of changes: the text of the statement is always the same. */
function manyChanges(changes: readonly Change[]): Source {
  const rows = changes.map(({ table, key, op }) => `["${hex(table)}","${hex(key)}","${op}"]`)
  return [
    `(SELECT CONVERT(UNHEX(j.t) USING utf8mb4) AS tbl, UNHEX(j.k) AS row_key, j.o AS op FROM JSON_TABLE(CONVERT(UNHEX(?) USING utf8mb4), '$[*]'` +
      ` COLUMNS (t LONGTEXT PATH '$[0]', k LONGTEXT PATH '$[1]', o VARCHAR(16) PATH '$[2]')) AS j)`,
    [hex(`[${rows.join(',')}]`)],
  ]
}
