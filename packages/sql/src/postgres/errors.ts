// PostgreSQL: what an error means to the store. SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html

import type { StoreReason } from '@twinwrite/core'
import { SessionLost } from '../session.ts'

const byCode: Record<string, StoreReason> = {
  '23505': 'unique',
  '23P01': 'unique',
  '21000': 'unique', // one statement writes a row twice: two keys that are equal here
  '23503': 'foreign-key',
  '23001': 'foreign-key',
  '42501': 'denied',
  '28000': 'denied',
  '28P01': 'denied',
  '57014': 'transient',
  '55P03': 'transient',
  '55006': 'transient',
  // two sessions make the same thing at once
  '42P07': 'transient',
  '42710': 'transient',
  '25006': 'lost', // read-only: no longer the writer node
  '25P03': 'lost',
  '25P04': 'lost',
  '3D000': 'lost',
  '53300': 'lost',
}

const byClass: Record<string, StoreReason> = {
  '08': 'lost',
  '40': 'transient',
  '53': 'transient',
  '57': 'lost',
  '58': 'transient',
  XX: 'transient',
}

export function reason(error: unknown, control: string): StoreReason {
  if (error instanceof SessionLost) return 'lost'
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return 'lost'
  const ours = String(message).includes(control)
  if (code === '42P01' || code === '3F000') return ours ? 'missing' : 'rejected'
  if (code === '42703' && ours) return 'version'
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? 'rejected'
}
