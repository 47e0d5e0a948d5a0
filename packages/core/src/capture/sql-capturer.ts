// Puts scanner, catalog and capture strategies of one side together behind the port that the write path uses.

import type { EngineName, TableRef } from '../catalog.ts'
import { scan } from '../scan/scan.ts'
import type { DdlScan, OpaqueScan, TruncateScan } from '../scan/statement.ts'
import type { Capturer } from '../write/write-side.ts'
import { capture, type CaptureSide } from './capture.ts'
import { planOf } from './plan-of.ts'

/** DDL that changes neither rows nor columns of the tables it names. */
const harmlessVerbs = new Set(['comment', 'grant', 'revoke', 'analyze', 'analyse'])
const harmlessObjects = new Set(['index', 'statistics', 'policy', 'publication'])

/** @param known the side's tables; undefined until its catalog has been read */
export function sqlCapturer(engine: EngineName, known: () => CaptureSide | undefined): Capturer {
  const mapping = (ref: TableRef): string | undefined => known()?.find(ref)?.mapping
  return {
    scan: (sql) => scan(sql, engine),
    isMapped: (statement) => {
      const tables = statement.kind === 'insert' ? [statement.table] : statement.targets
      return tables.some((table) => mapping(table) !== undefined)
    },
    touches: (statement) => touched(statement, known(), mapping),
    capture,
    fold: (request, statement, epoch) => planOf(request, statement).fold(request, epoch),
  }
}

function touched(
  statement: OpaqueScan | DdlScan | TruncateScan,
  side: CaptureSide | undefined,
  mapping: (ref: TableRef) => string | undefined,
): string[] {
  const all = [...(side?.tables ?? [])]
  if (statement.kind === 'truncate') return present(statement.tables.map(mapping))
  if (statement.kind === 'opaque' && statement.hidden) return all.map((table) => table.mapping)
  const names = new Set(statement.names)
  if (statement.kind === 'ddl') {
    const harmless = harmlessVerbs.has(statement.verb) || harmlessObjects.has(statement.object ?? '')
    if (harmless) return []
    if (statement.tables.length > 0 && statement.object === 'table')
      return present(statement.tables.map(mapping))
  }
  return all.filter(({ table }) => names.has(table.name.toLowerCase())).map((table) => table.mapping)
}

function present(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))]
}
