// SQLite: what an error means to the store. https://www.sqlite.org/rescode.html

import type { StoreReason } from '@twinwrite/core'

const byCode: readonly (readonly [RegExp, StoreReason])[] = [
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)$/, 'unique'],
  [/^SQLITE_CONSTRAINT_FOREIGNKEY$/, 'foreign-key'],
  [/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/, 'rejected'],
  [/^SQLITE_(BUSY|LOCKED|FULL|NOMEM|INTERRUPT|SCHEMA|PROTOCOL)/, 'transient'],
  [/^SQLITE_(READONLY|PERM|AUTH)/, 'denied'],
  [/^SQLITE_(IOERR|CANTOPEN|CORRUPT|NOTADB)/, 'lost'],
]

export function reason(error: unknown, control: string): StoreReason {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code !== 'string') return 'lost'
  const known = byCode.find(([pattern]) => pattern.test(code))?.[1]
  if (known !== undefined) return known
  const text = String(message)
  if (!text.includes(control)) return 'rejected'
  if (text.includes('no such table')) return 'missing'
  return text.includes('no such column') || text.includes('has no column') ? 'version' : 'rejected'
}
