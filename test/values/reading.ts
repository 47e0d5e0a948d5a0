// SQL by which a server tells a value as a text of its own, in plain ASCII.

import type { Engine } from '@twinwrite/testkit'
import type { Form } from './form.ts'

/** @param c the quoted column */
export function reading(engine: Engine, form: Form, c: string): string {
  if (engine === 'postgres') return readingOfPostgres(form, c)
  return engine === 'sqlite' ? readingOfSqlite(c) : readingOfMysql(form, c)
}

function readingOfPostgres(form: Form, c: string): string {
  switch (form) {
    case 'text':
    case 'padded':
    case 'json':
    case 'native':
      return `encode(convert_to(${c}::text, 'UTF8'), 'hex')`
    case 'bytes':
      return `encode(${c}, 'hex')`
    case 'instant':
      return `extract(epoch FROM ${c})::text`
    default:
      return `${c}::text`
  }
}

function readingOfMysql(form: Form, c: string): string {
  switch (form) {
    case 'text':
    case 'padded':
      return `HEX(CONVERT(${c} USING utf8mb4))`
    case 'json':
      return `HEX(CAST(${c} AS CHAR CHARACTER SET utf8mb4))`
    case 'bytes':
    case 'native':
    case 'bits':
      return `HEX(${c})`
    case 'float32':
      return `CAST(CAST(${c} AS DOUBLE) AS CHAR)`
    default:
      return `CAST(${c} AS CHAR)`
  }
}

/** Storage class and value. */
function readingOfSqlite(c: string): string {
  return (
    `CASE typeof(${c}) WHEN 'null' THEN NULL WHEN 'integer' THEN 'integer ' || ${c}` +
    ` WHEN 'real' THEN 'real ' || printf('%!.17g', ${c}) ELSE typeof(${c}) || ' ' || hex(CAST(${c} AS BLOB)) END`
  )
}
