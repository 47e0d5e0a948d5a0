// PostgreSQL: sequences of identity and serial columns. Read from the sequence itself, since rows written with explicit ids never
// move it (failure case e). Upholds W8.

import type { Counter, SideTable } from '@twinwrite/core'
import type { ControlTables } from '../naming.ts'
import type { Session } from '../session.ts'
import { literal, quote, tableName } from './quoting.ts'

/** The sequence behind a column: of an identity, or the one that its default reads. */
const sequenceOf = `
  SELECT c.oid::regclass::text, s.seqincrement::text, s.seqmin::text, s.seqmax::text
  FROM pg_attribute AS a
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  JOIN pg_depend AS p ON p.deptype = 'i' AND p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
      AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum
    OR p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass
  JOIN pg_class AS c ON c.relkind = 'S' AND c.oid = CASE WHEN p.classid = 'pg_class'::regclass THEN p.objid ELSE p.refobjid END
  JOIN pg_sequence AS s ON s.seqrelid = c.oid
  WHERE a.attrelid = to_regclass($1) AND a.attname = $2
  LIMIT 1`

interface Sequence {
  /** Quoted by the server. */
  readonly name: string
  readonly step: bigint
}

async function sequence(session: Session, table: SideTable): Promise<Sequence | null> {
  const column = table.columns.find((one) => one.counter)
  if (column === undefined) return null
  const { rows } = await session.query({ sql: sequenceOf, bindings: [tableName(table.table), column.name] })
  const row = rows[0]
  return row === undefined ? null : { name: String(row[0]), step: BigInt(String(row[1])) }
}

const nextOf = (step: bigint): string => `CASE WHEN is_called THEN last_value + ${step} ELSE last_value END`

export async function counters(session: Session, tables: readonly SideTable[]): Promise<Counter[]> {
  const found: Counter[] = []
  for (const table of tables) {
    const column = table.columns.find((one) => one.counter)
    const made = await sequence(session, table)
    if (column === undefined || made === null) continue
    const { rows } = await session.query({
      sql: `SELECT (SELECT ${nextOf(made.step)} FROM ${made.name}), (SELECT max(${quote(column.name)}) FROM ${tableName(table.table)})`,
      bindings: [],
    })
    const [next, max] = rows[0]!.map((text) => (text === null ? null : BigInt(String(text))))
    found.push({ table: table.mapping, next: next ?? null, max: max ?? null })
  }
  return found
}

/** One raiser at a time, and reading and setting in one statement: a sequence is outside of transactions. */
export async function raiseCounter(
  session: Session,
  table: SideTable,
  next: bigint,
  control: ControlTables,
): Promise<void> {
  const made = await sequence(session, table)
  if (made === null || made.step < 0n) return
  const set =
    `SELECT setval(${literal(made.name)}::regclass, ${next}, false) FROM ${made.name}` +
    ` WHERE ${nextOf(made.step)} < ${next}`
  await session.query({ sql: 'BEGIN', bindings: [] })
  await session.query({ sql: `LOCK TABLE ${control.meta} IN SHARE ROW EXCLUSIVE MODE`, bindings: [] })
  await session.query({ sql: set, bindings: [] })
  await session.query({ sql: 'COMMIT', bindings: [] })
}
