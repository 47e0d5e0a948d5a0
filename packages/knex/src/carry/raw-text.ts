// What a text of raw SQL can mean on the target. It is never rewritten: a text that names something which is called
// differently there, or that another dialect might read differently, is refused. Errs on the side of refusing.

import type { Carrying } from './carrying.ts'
import type { MappedTable } from './mapped-table.ts'
import { isPortable } from './portable.ts'
import type { Scope } from './scope.ts'

/** Where the text stands: inside of an expression, in the place of a table, or alone. */
export type RawPlace = 'expression' | 'table' | 'statement'

/** Notes why a text can't run on the target, and the mapped tables that it names. */
export function checkRawText(carrying: Carrying, scope: Scope, text: string, place: RawPlace): void {
  const code = withoutLiterals(text)
  const words = new Set([...code.matchAll(/[\w$\u0080-\uffff]+/g)].map(([word]) => word.toLowerCase()))
  const mentioned = mentionedTables(carrying, code, words, place)
  for (const table of mentioned) carrying.touch(table)
  const reachable = [...scope.reachable()].flatMap(({ table }) => (table === null ? [] : [table]))
  for (const table of new Set([...reachable, ...mentioned])) {
    const keepsName = [...scope.reachable()].some(
      (one) => one.table === table && one.target === table.names.source.name,
    )
    const why = conflict(table, { code, words, place, keepsName, mentioned: mentioned.includes(table) })
    if (why !== null) {
      carrying.refuse(`raw SQL ${JSON.stringify(shorten(text))}, which ${why},`, {
        table: table.names.mapping,
      })
    }
  }
  if (!carrying.sameDialect && !isPortable(carrying, scope, text)) {
    carrying.refuse(`raw SQL ${JSON.stringify(shorten(text))} of another dialect`)
  }
}

/** Notes `*` of tables whose columns stand in other places on the target: as a source of rows to insert it means others. */
export function checkPlaces(carrying: Carrying, text: string): void {
  const moved = [...carrying.mapped].find(({ names }) => !names.samePlaces)
  if (moved === undefined || !hasStar(withoutLiterals(text))) return
  carrying.refuse(`raw SQL ${JSON.stringify(shorten(text))}, which inserts by the places of columns,`, {
    table: moved.names.mapping,
    hint: 'Name the columns.',
  })
}

interface Use {
  readonly code: string
  readonly words: ReadonlySet<string>
  readonly place: RawPlace
  /** The query reads the table under its source name, as an alias. */
  readonly keepsName: boolean
  /** The text itself brings the table in. */
  readonly mentioned: boolean
}

/** Why the text does not mean the same for this table on the target; null: it does. */
function conflict(table: MappedTable, { code, words, place, keepsName, mentioned }: Use): string | null {
  const { names } = table
  const column = table.renamedColumns.find((name) => hasAll(words, name))
  if (column !== undefined) return `names the renamed column "${column}"`
  const isNamed = hasAll(words, names.source.name)
  if (table.tableRenamed && isNamed && (mentioned || !keepsName || !onlyQualifies(code, names.source.name))) {
    return `names the renamed table "${names.source.name}"`
  }
  if (table.renamedColumns.length === 0) return null
  if (place === 'table' && mentioned) return `brings in table "${names.source.name}" with renamed columns`
  return hasStar(code) ? `selects all columns of "${names.source.name}", some of which are renamed` : null
}

/** Mapped tables that the text itself brings in; a qualifier in an expression is none. */
function mentionedTables(
  carrying: Carrying,
  code: string,
  words: ReadonlySet<string>,
  place: RawPlace,
): MappedTable[] {
  if (place === 'expression' && !/\b(?:select|from|join|table)\b/i.test(code)) return []
  return carrying.tables.all.filter(({ names }) => hasAll(words, names.source.name))
}

function hasAll(words: ReadonlySet<string>, name: string): boolean {
  const parts = name.toLowerCase().match(/[\w$\u0080-\uffff]+/g) ?? []
  return parts.length > 0 && parts.every((part) => words.has(part))
}

/** Whether the name stands nowhere but directly before a dot, as the alias under which the table is read. */
function onlyQualifies(code: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const uses = code.matchAll(new RegExp(String.raw`(?<![\w$])${escaped}(?![\w$])`, 'gi'))
  for (const { index } of uses) {
    const before = code.slice(0, index).replace(/["`]?\s*$/, '')
    const after = code.slice(index + name.length).replace(/^["`]?\s*/, '')
    if (before.endsWith('.') || !after.startsWith('.')) return false
  }
  return true
}

function hasStar(code: string): boolean {
  return (
    /(?:^|\b(?:select|distinct|all|returning)|[,.])\s*\*/i.test(code) ||
    /\*\s*(?:\/\*|--|#)|\*\/\s*\*/.test(code)
  )
}

/** The text without plain string literals; a text in which more than that is quoted stays as it is. */
function withoutLiterals(text: string): string {
  if (/\\|\$\w*\$|\/\*|--|#/.test(text)) return text
  return text.replaceAll(/'(?:[^']|'')*'/g, "''")
}

export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
