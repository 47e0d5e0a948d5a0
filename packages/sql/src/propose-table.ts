// A CREATE TABLE for a target table that is not there yet, made of the source's catalog. It is a proposal: types keep every value that the
// source's types can hold, what the other engine has no equal of is said in a remark, and people look at it before they run it.

import type { Column, EngineName, ForeignKey, Table, TableRef } from '@twinwrite/core'
import { sqlEngine } from './engines.ts'
import type { ColumnTypes, SqlEngine } from './sql-engine.ts'

export interface TableNaming {
  readonly table: TableRef
  /** Target column of a source column; null: it stays behind. */
  column(name: string): string | null
  /** Target table of a source table; null: it does not move. */
  tableOf(source: TableRef): TableRef | null
}

export interface TableProposal {
  readonly statement: string
  /** What the statement does not carry over, in sentences. */
  readonly remarks: readonly string[]
}

export function proposeTable(
  source: { readonly engine: EngineName; readonly table: Table },
  target: EngineName,
  naming: TableNaming,
): TableProposal {
  const proposal = new Proposal(source.engine, source.table, sqlEngine(target), naming)
  return proposal.make()
}

class Proposal {
  readonly #same: boolean
  readonly #from: EngineName
  readonly #table: Table
  readonly #engine: SqlEngine
  readonly #types: ColumnTypes
  readonly #naming: TableNaming
  readonly #remarks: string[] = []

  constructor(from: EngineName, table: Table, engine: SqlEngine, naming: TableNaming) {
    this.#same = from === engine.name
    this.#from = from
    this.#table = table
    this.#engine = engine
    this.#types = engine.columnTypes
    this.#naming = naming
  }

  make(): TableProposal {
    const { columns, key, uniques, foreignKeys, triggers } = this.#table
    const lines = columns.flatMap((column) => this.#column(column))
    if (!this.#types.keyInColumn(this.#table)) lines.push(`PRIMARY KEY (${this.#names(key)!})`)
    for (const { name, columns: parts } of uniques) {
      const names = parts === null ? null : this.#names(parts)
      if (names === null)
        this.#remarks.push(`the unique index ${name} covers an expression or a part of the rows`)
      else lines.push(`UNIQUE (${names})`)
    }
    lines.push(...foreignKeys.flatMap((foreignKey) => this.#foreignKey(foreignKey)))
    for (const { name } of triggers) this.#remarks.push(`the trigger ${name} is not made`)
    if (columns.some(({ generated }) => generated))
      this.#remarks.push('generated columns are plain columns here')
    this.#remarks.push('indexes that are not unique, and checks, are not made')
    const table = this.#engine.table(this.#naming.table)
    return { statement: `CREATE TABLE ${table} (\n  ${lines.join(',\n  ')}\n)`, remarks: this.#remarks }
  }

  #column(column: Column): string[] {
    const name = this.#naming.column(column.name)
    if (name === null) return []
    const inKey = this.#inIndex(column.name)
    const type =
      this.#same && !column.generated ? this.#types.kept(column) : this.#types.typeOf(column, inKey)
    if (type === null) {
      this.#remarks.push(
        `column ${column.name} (${column.type}) has no equal type here: it is a text, or choose one`,
      )
    }
    const parts = [
      this.#engine.quote(name),
      type ?? this.#types.textOf(inKey),
      ...(column.nullable ? [] : ['NOT NULL']),
      ...(column.counter ? [this.#types.counter(column, this.#table)] : this.#default(column)),
    ]
    return [parts.filter((part) => part !== '').join(' ')]
  }

  #default(column: Column): string[] {
    const { name, defaultText, generated } = column
    if (defaultText === undefined || generated) return []
    if (this.#same) return [`DEFAULT ${defaultText}`]
    const portable = portableDefault(column, defaultText)
    // In parentheses MySQL takes it for long texts, too.
    if (portable !== null) return [`DEFAULT (${portable})`]
    this.#remarks.push(`the default of ${name} (${this.#from}: ${defaultText}) is not carried over`)
    return []
  }

  /** Texts in an index have a bounded length on some engines. */
  #inIndex(column: string): boolean {
    const { key, uniques, foreignKeys } = this.#table
    return [
      key,
      ...uniques.map((unique) => unique.columns ?? []),
      ...foreignKeys.map((one) => one.childColumns),
    ].some((columns) => columns.includes(column))
  }

  #foreignKey({ name, childColumns, parent, parentColumns, onDelete, onUpdate }: ForeignKey): string[] {
    const to = this.#naming.tableOf(parent)
    const names = this.#names(childColumns)
    if (to === null || names === null) {
      this.#remarks.push(`the foreign key ${name} is not made: ${parent.name} does not move`)
      return []
    }
    const actions = [
      ...(onDelete === 'no action' ? [] : [` ON DELETE ${onDelete.toUpperCase()}`]),
      ...(onUpdate === 'no action' ? [] : [` ON UPDATE ${onUpdate.toUpperCase()}`]),
    ]
    const parents = parentColumns.map((column) => this.#engine.quote(column)).join(', ')
    // A mapping may accept it by its name.
    const own = this.#same && name !== '' ? `CONSTRAINT ${this.#engine.quote(name)} ` : ''
    return [
      `${own}FOREIGN KEY (${names}) REFERENCES ${this.#engine.table(to)} (${parents})${actions.join('')}`,
    ]
  }

  /** Null where one of them stays behind. */
  #names(columns: readonly string[]): string | null {
    const names = columns.map((column) => this.#naming.column(column))
    return names.includes(null) ? null : names.map((name) => this.#engine.quote(name!)).join(', ')
  }
}

/** Numbers, plain texts, truth values and the present time mean the same everywhere. */
function portableDefault({ kind }: Column, text: string): string | null {
  const plain = text
    .trim()
    .replace(/^\((.*)\)$/s, '$1')
    .replace(/::[a-z ]+(\(\d+(,\d+)?\))?$/i, '')
  if (kind === 'boolean' && /^'?[01]'?$/.test(plain)) return plain.includes('1') ? 'TRUE' : 'FALSE'
  if (/^-?\d+(\.\d+)?$/.test(plain)) return plain
  if (/^'(?:[^'\\]|'')*'$/.test(plain)) return plain
  if (/^(true|false)$/i.test(plain)) return plain.toUpperCase()
  if (/^(now\(\)|current_timestamp(\(\d*\))?)$/i.test(plain)) return 'CURRENT_TIMESTAMP'
  return null
}
