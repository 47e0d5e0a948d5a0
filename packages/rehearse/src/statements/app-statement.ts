// A statement of the application's own, out of a file: one on each line, ended by semicolons, or as lines of JSON with their values.

import { type ScanDialect, splitStatements, TwinwriteError } from '@twinwrite/core'

export interface AppStatement {
  readonly sql: string
  /** Values of its parameters; null where they are not known, so that it can be looked at and not be run. */
  readonly bindings: readonly unknown[] | null
  /** How often it was seen. */
  readonly count: number
}

/** @throws TwinwriteError `TW_CONFIG_INVALID` that names the line, never its text */
export function statementsOf(text: string, dialect: ScanDialect): readonly AppStatement[] {
  const lines = text.split(/\r?\n/)
  const isJson =
    lines
      .find((line) => line.trim() !== '')
      ?.trim()
      .startsWith('{') === true
  if (isJson) return lines.flatMap((line, at) => (line.trim() === '' ? [] : [ofJson(line, at + 1)]))
  const ranges = splitStatements(text, dialect)
  const texts = ranges.map(({ start, end }) => text.slice(start, end))
  // Without semicolons each line is a statement.
  const plain = texts.length === 1 && text.includes(';') ? texts : texts.flatMap(eachLine)
  return plain.map((sql) => ({ sql, bindings: hasParameters(sql) ? null : [], count: 1 }))
}

const verb =
  /^\s*(select|insert|update|delete|replace|merge|with|call|truncate|begin|commit|do|copy|load|values|alter|create|drop)\b/i

function eachLine(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return lines.length > 1 && lines.every((line) => verb.test(line)) ? lines : [text]
}

/** Errs on the side of yes: then it is not run. */
function hasParameters(sql: string): boolean {
  return /\?|\$\d|:[a-z_]/i.test(sql)
}

function ofJson(line: string, number: number): AppStatement {
  const parsed = parsedLine(line)
  if (typeof parsed !== 'object' || parsed === null) throw wrong(number)
  const { sql, bindings = null } = parsed as { sql?: unknown; bindings?: unknown }
  if (typeof sql !== 'string' || (bindings !== null && !Array.isArray(bindings))) throw wrong(number)
  return { sql, bindings: bindings ?? (hasParameters(sql) ? null : []), count: 1 }
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function wrong(line: number): TwinwriteError {
  return new TwinwriteError(
    'TW_CONFIG_INVALID',
    `line ${line} of the statements is no { "sql": "...", "bindings": [...] }`,
    {
      hint: 'Give one statement on each line, statements ended by semicolons, or lines of JSON.',
    },
  )
}
