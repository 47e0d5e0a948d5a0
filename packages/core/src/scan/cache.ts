// Scans remembered by text, bounded in number and in the length of a text.
// Two generations instead of a true LRU: a hit costs one look-up and moves nothing.

import { scanText } from './classify.ts'
import type { Scan, ScanDialect } from './statement.ts'

export interface ScanCacheOptions {
  /** Most texts kept per dialect (default 2000). */
  readonly texts?: number
  /** Longer texts (bulk inserts) are scanned every time (default 8192 characters). */
  readonly longest?: number
}

export interface ScanCache {
  /** As {@link scanText}; the result is shared between callers and must not be changed. */
  scan(sql: string, dialect: ScanDialect): Scan
  /** Number of texts kept now. */
  readonly size: number
}

/** A cache of its own; several never share state. */
export function scanCache({ texts = 2000, longest = 8192 }: ScanCacheOptions = {}): ScanCache {
  const generations = new Map<ScanDialect, Generations>()
  return {
    scan(sql, dialect) {
      const text = withoutTrailingComment(sql)
      if (text.length > longest) return scanText(text, dialect)
      let own = generations.get(dialect)
      if (own === undefined) generations.set(dialect, (own = new Generations(Math.ceil(texts / 2))))
      return own.get(text) ?? own.add(text, scanText(text, dialect))
    },
    get size() {
      return [...generations.values()].reduce((sum, own) => sum + own.size, 0)
    },
  }
}

class Generations {
  readonly #most: number
  #young = new Map<string, Scan>()
  #old = new Map<string, Scan>()

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(text: string): Scan | undefined {
    const young = this.#young.get(text)
    if (young !== undefined) return young
    const old = this.#old.get(text)
    if (old === undefined) return undefined
    this.#old.delete(text)
    return this.add(text, old)
  }

  add(text: string, result: Scan): Scan {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(text, result)
    return result
  }
}

/**
 * The text without a block comment at its very end: SQL commenters put a trace id there, which would make
 * every text a new one. All offsets stay the same. Should the "comment" really be inside of a string or
 * another comment, then that is open at the end with it and without it.
 */
export function withoutTrailingComment(sql: string): string {
  if (!sql.endsWith('*/')) return sql
  const open = sql.lastIndexOf('/*')
  const close = sql.indexOf('*/', open + 2)
  if (open < 0 || close !== sql.length - 2 || /^(?:!|M!|\+)/.test(sql.slice(open + 2, open + 4))) return sql
  return sql.slice(0, open)
}

const processWide = scanCache()

/** {@link scanText} with a cache of a few thousand texts that the whole process shares. */
export function scan(sql: string, dialect: ScanDialect): Scan {
  return processWide.scan(sql, dialect)
}
