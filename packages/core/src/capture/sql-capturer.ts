// Puts scanner, catalog and capture strategies of one side together behind the port that the write path uses.

import type { EngineName, TableRef } from '../catalog.ts'
import type { SideTable } from '../mapping/side-table.ts'
import { mentions, scan } from '../scan/scan.ts'
import type { DdlScan, OpaqueScan, TruncateScan } from '../scan/statement.ts'
import type { Capturer, WriteScan } from '../write/write-side.ts'
import { capture, type CaptureSide } from './capture.ts'
import { acts, withChildren } from './foreign-key-actions.ts'
import { planOf } from './plan-of.ts'
import { targetsOf } from './written-table.ts'

/** DDL that changes neither rows nor columns of the tables it names. */
const harmlessVerbs = new Set(['comment', 'grant', 'revoke', 'analyze', 'analyse'])
const harmlessObjects = new Set(['index', 'statistics', 'policy', 'publication'])

/** @param known the side's tables; undefined until its catalog has been read */
export function sqlCapturer(engine: EngineName, known: () => CaptureSide | undefined): Capturer {
  return {
    scan: (sql) => scan(sql, engine),
    isMapped: (statement) => {
      const side = known()
      return side !== undefined && isMapped(side, statement)
    },
    touches: (statement) => {
      const side = known()
      return side === undefined ? [] : [...new Set(touched(side, statement).map(({ mapping }) => mapping))]
    },
    capture,
    fold: (request, statement, epoch) => planOf(request, statement).fold(request, epoch),
  }
}

/** All statements of one text share their scan. */
const mapped = new WeakMap<CaptureSide, WeakMap<WriteScan, boolean>>()

function isMapped(side: CaptureSide, statement: WriteScan): boolean {
  let scans = mapped.get(side)
  if (scans === undefined) mapped.set(side, (scans = new WeakMap()))
  let is = scans.get(statement)
  if (is === undefined) {
    is = targetsOf(statement).some((table) => writtenBy(side, table).length > 0)
    scans.set(statement, is)
  }
  return is
}

/** The mapped tables that a write of this name writes. */
function writtenBy(side: CaptureSide, ref: TableRef): readonly SideTable[] {
  const own = side.find(ref)
  return own === undefined ? side.through(ref) : [own, ...side.through(ref)]
}

function touched(
  side: CaptureSide,
  statement: WriteScan | OpaqueScan | DdlScan | TruncateScan,
): readonly SideTable[] {
  const named = (refs: readonly TableRef[]): SideTable[] => refs.flatMap((ref) => writtenBy(side, ref))
  switch (statement.kind) {
    case 'truncate': {
      const tables = named(statement.tables)
      return statement.cascade ? withChildren(side, tables, () => true) : tables
    }
    case 'opaque': {
      if (statement.hidden) return [...side.tables]
      const mentioned = [...side.tables].filter(({ table }) =>
        [table, ...table.writableThrough].some(({ name }) => mentions(statement, name)),
      )
      return withChildren(side, mentioned, acts)
    }
    case 'ddl': {
      const harmless = harmlessVerbs.has(statement.verb) || harmlessObjects.has(statement.object ?? '')
      if (harmless) return []
      if (statement.tables.length > 0 && statement.object === 'table') return named(statement.tables)
      return [...side.tables].filter(({ table }) => mentions(statement, table.name))
    }
    default:
      return withChildren(side, named(targetsOf(statement)), acts)
  }
}
