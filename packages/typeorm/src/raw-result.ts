// What raw SQL answers on a target of another engine, in the form that TypeORM gives on the source's: rows, or what the
// source's driver tells of a write. A generated id is told only where the target's driver tells one. Upholds W1.

import { scan, type ScanDialect } from '@twinwrite/core'
import type { QueryResult, QueryRunner } from 'typeorm'
import type { DialectName } from './dialect.ts'
import type { Place } from './place.ts'
import type { Running } from './running.ts'
import type { RawText } from './subject.ts'

/** Runs a text at its place. */
export async function runRaw(
  { sides, migration }: Running,
  { side, dataSource, runner: given }: Place,
  raw: RawText,
  parameters: unknown[] | undefined,
  structured = false,
): Promise<unknown> {
  const text = raw[side]
  const runner: QueryRunner = given ?? dataSource.createQueryRunner()
  try {
    const { source, target } = sides
    if (side === 'source' || source.dialect === target.dialect) {
      return await runner.query(text, parameters, structured as true)
    }
    const result = await runner.query(text, parameters, true)
    result.raw = answerOf(result, source.dialect, text, migration.engines.target)
    return structured ? result : (result.raw as unknown)
  } finally {
    if (given === undefined) await runner.release()
  }
}

function answerOf(result: QueryResult, source: DialectName, text: string, target: ScanDialect): unknown {
  const { records, affected = 0, raw } = result as { records: unknown[]; affected?: number; raw: unknown }
  const scanned = scan(text, target)
  const { kind } = scanned
  if (kind !== 'insert' && kind !== 'update' && kind !== 'delete') return records
  const isChange = kind !== 'insert'
  if (source === 'postgres') return isChange ? [records, affected] : records
  if (scanned.returning !== null) return records
  const id = generatedId(raw)
  if (source === 'sqlite') return id
  return {
    fieldCount: 0,
    affectedRows: affected,
    insertId: id,
    info: '',
    serverStatus: 2,
    warningStatus: 0,
    changedRows: kind === 'update' ? affected : 0,
  }
}

function generatedId(raw: unknown): number {
  if (typeof raw === 'number') return raw
  const { insertId } = (raw ?? {}) as { insertId?: number }
  return insertId ?? 0
}
