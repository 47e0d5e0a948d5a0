// The words that the scanner knows, as numbers, so that scanning compares numbers and allocates nothing.

const words = [
  'ABORT',
  'ADD',
  'ALL',
  'ALTER',
  'ANALYSE',
  'ANALYZE',
  'AND',
  'AS',
  'ATOMIC',
  'ATTACH',
  'AUTOCOMMIT',
  'BEGIN',
  'BETWEEN',
  'BY',
  'CALL',
  'CASCADE',
  'CASE',
  'CAST',
  'CHAIN',
  'CHARACTERISTICS',
  'CHECKPOINT',
  'CLOSE',
  'COLUMN',
  'COLLATE',
  'COMMENT',
  'COMMIT',
  'COMMITTED',
  'CONCURRENTLY',
  'CONFLICT',
  'CONSISTENT',
  'CONSTRAINT',
  'CONSTRAINTS',
  'COPY',
  'CREATE',
  'CROSS',
  'CURRENT',
  'DATABASE',
  'DEALLOCATE',
  'DECLARE',
  'DEFAULT',
  'DEFERRABLE',
  'DEFERRED',
  'DELAYED',
  'DELETE',
  'DELIMITER',
  'DESC',
  'DESCRIBE',
  'DETACH',
  'DISCARD',
  'DISTINCT',
  'DISTINCTROW',
  'DO',
  'DROP',
  'DUPLICATE',
  'END',
  'EVENT',
  'EXCEPT',
  'EXCLUSIVE',
  'EXECUTE',
  'EXISTS',
  'EXPLAIN',
  'FALSE',
  'FETCH',
  'FLUSH',
  'FOR',
  'FORCE',
  'FOREIGN',
  'FROM',
  'FULL',
  'FULLTEXT',
  'FUNCTION',
  'GLOBAL',
  'GRANT',
  'GROUP',
  'HANDLER',
  'HAVING',
  'HELP',
  'HIGH_PRIORITY',
  'HISTORY',
  'IF',
  'IGNORE',
  'IMMEDIATE',
  'IMPORT',
  'IN',
  'INDEX',
  'INDEXED',
  'INNER',
  'INSERT',
  'INSTALL',
  'INTERSECT',
  'INTO',
  'IS',
  'ISOLATION',
  'JOIN',
  'KEY',
  'KILL',
  'LATERAL',
  'LEFT',
  'LEVEL',
  'LIMIT',
  'LISTEN',
  'LOAD',
  'LOCAL',
  'LOCK',
  'LOOP',
  'LOW_PRIORITY',
  'MATERIALIZED',
  'MERGE',
  'MODE',
  'MODIFY',
  'MOVE',
  'NAMES',
  'NATURAL',
  'NEXT',
  'NO',
  'NOT',
  'NOTHING',
  'NOTIFY',
  'NULL',
  'OF',
  'OFF',
  'OFFSET',
  'ON',
  'ONLINE',
  'OFFLINE',
  'ONLY',
  'OPTIMIZE',
  'OR',
  'ORDER',
  'OUTER',
  'OVERRIDING',
  'PACKAGE',
  'PARTITION',
  'PERSIST',
  'PERSIST_ONLY',
  'PRAGMA',
  'PREPARE',
  'PREPARED',
  'PROCEDURE',
  'QUICK',
  'RAISE',
  'READ',
  'REASSIGN',
  'RECURSIVE',
  'REFRESH',
  'REINDEX',
  'RELEASE',
  'RENAME',
  'REPAIR',
  'REPEAT',
  'REPEATABLE',
  'REPLACE',
  'RESET',
  'RESTART',
  'RETURNING',
  'REVOKE',
  'RIGHT',
  'ROLE',
  'ROLLBACK',
  'ROW',
  'SAVEPOINT',
  'SCHEMA',
  'SECURITY',
  'SELECT',
  'SERIALIZABLE',
  'SESSION',
  'SET',
  'SHARE',
  'SHOW',
  'SHUTDOWN',
  'SNAPSHOT',
  'SPATIAL',
  'START',
  'STATEMENT',
  'STRAIGHT_JOIN',
  'SYSTEM',
  'TABLE',
  'TABLES',
  'TEMP',
  'TEMPORARY',
  'TO',
  'TRANSACTION',
  'TRIGGER',
  'TRUE',
  'TRUNCATE',
  'UNCOMMITTED',
  'UNINSTALL',
  'UNION',
  'UNIQUE',
  'UNLISTEN',
  'UNLOCK',
  'UNLOGGED',
  'UPDATE',
  'USE',
  'USER',
  'USING',
  'VACUUM',
  'VALUE',
  'VALUES',
  'VIEW',
  'WHERE',
  'WHILE',
  'WINDOW',
  'WITH',
  'WORK',
  'WRITE',
  'XA',
  'XOR',
] as const

export type Keyword = (typeof words)[number]

/** Keyword ids start here; below are the character codes of marks, so that both share one array. */
const first = 256

const codeCount = first + words.length

/** Keyword -> id. */
export const kw = Object.fromEntries(words.map((word, index) => [word, first + index])) as Record<
  Keyword,
  number
>

const size = 2048
const slots = new Int16Array(size)
const shapes = words.map((word) => Uint8Array.from(word, (char) => char.charCodeAt(0) | 32))

/** One step of the hash that the lexer computes while it walks over a word; starts with 0. */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 32)) | 0
}

shapes.forEach((shape, index) => {
  let slot = shape.reduce(hashStep, 0) & (size - 1)
  while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
  slots[slot] = index + 1
})

/** The id of the word at [start, end) of `sql` whose hash is given, or 0. Case doesn't matter. */
export function keywordAt(sql: string, start: number, end: number, hash: number): number {
  for (let slot = hash & (size - 1); ; slot = (slot + 1) & (size - 1)) {
    const index = slots[slot] as number
    if (index === 0) return 0
    const shape = shapes[index - 1] as Uint8Array
    if (shape.length !== end - start) continue
    let at = 0
    while (at < shape.length && (sql.charCodeAt(start + at) | 32) === shape[at]) at++
    if (at === shape.length) return first + index - 1
  }
}

/** A set of codes for quick membership: `set[code] === 1`. */
export type CodeSet = Uint8Array

export function codeSet(...codes: number[]): CodeSet {
  const set = new Uint8Array(codeCount)
  for (const code of codes) set[code] = 1
  return set
}
