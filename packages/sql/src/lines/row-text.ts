// Canonical rows as lines of the common form.

import { Readable } from 'node:stream'
import type { Row, SideTable } from '@twinwrite/core'
import type { Lines, LineSource } from './lines.ts'

const special = /[\\\t\n\r]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** @throws Misfit */
export function linesOf(lines: Lines, table: SideTable, rows: readonly Row[]): LineSource {
  const text = rows.map((row) => `${line(lines, table, row)}\n`).join('')
  return { bytes: Readable.from(text === '' ? [] : [Buffer.from(text, 'utf8')]), lines: () => rows.length }
}

function line(lines: Lines, table: SideTable, row: Row): string {
  return table.columns
    .map((column, index) => {
      const canonical = row[index] ?? null
      if (canonical === null) return '\\N'
      return lines.text(column, canonical).replace(special, (character) => escapes[character]!)
    })
    .join('\t')
}
