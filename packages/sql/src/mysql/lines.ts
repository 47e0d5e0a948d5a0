// MySQL and MariaDB: rows as lines, by LOAD DATA LOCAL. With LOCAL the server turns errors into warnings and goes on, so a load with any
// warning, or with another count of rows, is an error here: nothing is altered or left out in silence (W5, W12).
// https://dev.mysql.com/doc/refman/9.4/en/load-data.html#load-data-error-handling

import { Readable } from 'node:stream'
import type { Column, SideTable } from '@twinwrite/core'
import type { Lines, LineForm } from '../lines/lines.ts'
import { LineBlock } from './line-block.ts'
import { hex, quote, tableName } from './quoting.ts'
import { PacketBlock, packetFraming } from './packet-block.ts'
import type { MysqlSession } from './session.ts'
import { values } from './values.ts'

export const lines: Lines = {
  family: 'mysql',
  given,
  // Numbers of a document that MySQL would round in silence are found by `bind` alone.
  takes: (column, form) => form === 'own' || !(column.kind === 'json' && column.type === 'json'),
  text: (column, canonical) =>
    column.kind === 'bytes' || column.kind === 'native'
      ? `\\x${values.bind(column, canonical) as string}`
      : String(values.bind(column, canonical)),

  // What CONVERT gives has a collation that clashes with the column's.
  literal: (given) => `_utf8mb4 x'${hex(given)}'`,

  read: (session, select) => Promise.resolve((session as MysqlSession).rows(select, new LineBlock())),

  asSent: {
    framing: packetFraming,
    read: (session, select) => Promise.resolve((session as MysqlSession).rows(select, new PacketBlock())),
  },

  mayWrite: async (session) => {
    const { rows } = await session.query({ sql: 'SELECT @@global.local_infile', bindings: [] })
    return /^(1|on)$/i.test(String(rows[0]?.[0]))
  },

  write: async (session, table, form, source, from) => {
    const bytes = from === 'postgres' ? mended(source.bytes) : source.bytes
    const sql = loadStatement(table, form)
    const { affectedRows, warningStatus } = await (session as MysqlSession).loadLines(sql, blocks(bytes))
    if (warningStatus === 0) return { rows: affectedRows, warning: null }
    const { rows } = await session.query({ sql: 'SHOW WARNINGS LIMIT 1', bindings: [] })
    return { rows: affectedRows, warning: `${warningStatus} warnings: ${String(rows[0]?.[2])}` }
  },
}

function given(column: Column, to: Column, form: LineForm): string | null {
  const e = `t.${quote(column.name)}`
  if (form === 'binary') return null
  if (column.kind === 'bits' || column.kind === 'native') return null
  // MariaDB's documents are texts with numbers of any length, and with keys that stand twice.
  if (column.kind === 'json' && column.type !== 'json' && /^jsonb?$/.test(to.type)) return null
  // All digits, of which the column itself shows six, and the sign of a zero.
  if (column.kind === 'float32') return `(${e} * 1e0)`
  return form === 'common' && column.kind === 'bytes' ? `CONCAT(x'5c78', HEX(${e}))` : e
}

function loadStatement(table: SideTable, form: LineForm): string {
  const fields: string[] = []
  const assignments: string[] = []
  for (const [index, column] of table.columns.entries()) {
    const variable = `@c${index}`
    const value = assigned(column, form, variable)
    fields.push(value === null ? quote(column.name) : variable)
    if (value !== null) assignments.push(`${quote(column.name)} = ${value}`)
  }
  const set = assignments.length === 0 ? '' : ` SET ${assignments.join(', ')}`
  return (
    `LOAD DATA LOCAL INFILE 'lines' INTO TABLE ${tableName(table.table)} CHARACTER SET binary` +
    ` FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${fields.join(', ')})${set}`
  )
}

/** Expression for what was read as bytes; null where the column takes the bytes themselves. */
function assigned(column: Column, form: LineForm, variable: string): string | null {
  switch (column.kind) {
    case 'bytes':
    case 'native':
      return form === 'own' ? null : `UNHEX(SUBSTRING(${variable}, 3))`
    case 'integer':
      // The text "0" would become the year 2000.
      return /^year\b/.test(column.type) ? `CAST(${variable} AS UNSIGNED)` : null
    case 'bits':
      return `CAST(CONV(${variable}, 2, 10) AS UNSIGNED)`
    case 'text':
      return /CHARACTER SET utf8mb4\b/.test(column.type) ? null : `CONVERT(${variable} USING utf8mb4)`
    case 'enum':
    case 'json':
    case 'uuid':
      return `CONVERT(${variable} USING utf8mb4)`
    default:
      return null
  }
}

/** PostgreSQL writes form feed and vertical tab as letters that LOAD DATA would read as they are. */
async function* mendedBlocks(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let escaping = false
  for await (const given of bytes) {
    if (!escaping && !given.includes(backslash)) {
      yield given
      continue
    }
    const out = Buffer.allocUnsafe(given.length + 1)
    let to = 0
    for (const byte of given) {
      if (escaping) {
        const plain = byte === 102 ? 12 : byte === 118 ? 11 : null
        if (plain === null) out[to++] = backslash
        out[to++] = plain ?? byte
        escaping = false
      } else if (byte === backslash) escaping = true
      else out[to++] = byte
    }
    yield out.subarray(0, to)
  }
}

const backslash = 92

function mended(bytes: Readable): Readable {
  return Readable.from(mendedBlocks(bytes))
}

/** Each block is a packet of its own, and an empty one would end the load. */
async function* fullBlocks(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const block of bytes) {
    held.push(block)
    size += block.length
    if (size < blockBytes) continue
    yield* cut(held)
    held = []
    size = 0
  }
  if (size > 0) yield* cut(held)
}

const blockBytes = 64 * 1024
/** A packet of the protocol holds 16 MiB. */
const packetBytes = 8 * 1024 * 1024

function* cut(held: readonly Buffer[]): Iterable<Buffer> {
  const whole = held.length === 1 ? held[0]! : Buffer.concat(held)
  for (let at = 0; at < whole.length; at += packetBytes) yield whole.subarray(at, at + packetBytes)
}

function blocks(bytes: Readable): Readable {
  return Readable.from(fullBlocks(bytes))
}
