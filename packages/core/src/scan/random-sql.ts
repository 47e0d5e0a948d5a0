// For tests only: random statements in a dialect together with what they are, with quotes, comments, keywords
// and punctuation wherever they can deceive a scanner. The same seed gives the same statement.
// They run on the tables of `randomSqlSchema`.

import { quoteName, RandomExpression, randomSqlColumns, randomSqlTables } from './random-expression.ts'
import type { ScanDialect } from './statement.ts'

/** What a scanner must find in a random statement. */
export interface WrittenFacts {
  readonly kind: 'insert' | 'update' | 'delete' | 'read'
  readonly table: string
  readonly alias: string | null
  /** INSERT: names in the column list, null when there is none. */
  readonly columns: readonly string[] | null
  /** INSERT: cells per row; null for a query. */
  readonly cells: readonly number[] | null
  readonly conflict: 'nothing' | 'update' | 'duplicate' | null
  /** Columns set by UPDATE or by the conflict clause. */
  readonly assigned: readonly string[]
  readonly where: boolean
  readonly joined: boolean
  readonly limit: boolean
  readonly returning: number | null
}

export interface WrittenStatement {
  readonly sql: string
  /** The tokens between which the gaps stand. */
  readonly parts: readonly string[]
  readonly facts: WrittenFacts
}

const none: Omit<WrittenFacts, 'kind' | 'table'> = {
  alias: null,
  columns: null,
  cells: null,
  conflict: null,
  assigned: [],
  where: false,
  joined: false,
  limit: false,
  returning: null,
}

/** Statements that make the tables, with a few rows. */
export function randomSqlSchema(dialect: ScanDialect): string[] {
  const text = dialect === 'mysql' || dialect === 'mariadb' ? 'varchar(200)' : 'text'
  return randomSqlTables.flatMap((table) => {
    const name = quoteName(dialect, table)
    const [id, a, b, c, d] = randomSqlColumns.map((column) => quoteName(dialect, column))
    return [
      `create table ${name} (${id} int primary key default 100, ${a} ${text}, ${b} int, ${c} int, ${d} int)`,
      `insert into ${name} values (1, 'one', 1, 1, 1), (2, 'two', 2, 2, 2), (3, 'three', 3, 3, 3)`,
    ]
  })
}

export class RandomSql extends RandomExpression {
  statement(): WrittenStatement {
    return this.pick([() => this.insert(), () => this.update(), () => this.delete(), () => this.select()])()
  }

  value(column: string): string[] {
    return column === 'a' ? this.text() : column === 'id' ? [String(1000 + this.int(1000))] : this.int4()
  }

  /** As in VALUES, where no column can be named. */
  constant(column: string): string[] {
    if (column === 'id') return [String(1000 + this.int(1_000_000))]
    return this.pick([
      () => ['null'],
      () => (column === 'a' ? [this.string()] : [String(this.int(9))]),
      () => [
        '(',
        'select',
        column === 'a' ? 'max(' : 'min(',
        column === 'a' ? 'a' : 'b',
        ')',
        'from',
        't1',
        ')',
      ],
      () => (this.dialect === 'sqlite' ? ['null'] : ['default']),
    ])()
  }

  #list<Item>(items: readonly Item[], write: (item: Item) => string[]): string[] {
    return items.flatMap((item, index) => [...(index === 0 ? [] : [',']), ...write(item)])
  }

  #assign(columns: readonly string[]): string[] {
    return this.#list(columns, (column) => [this.name(column), '=', ...this.value(column)])
  }

  #someColumns(withId: boolean): string[] {
    const rest = randomSqlColumns.filter((column) => column !== 'id' && this.chance(60))
    return withId ? ['id', ...rest] : rest.length > 0 ? rest : ['b']
  }

  #returning(table: string): { parts: string[]; count: number | null } {
    if (this.dialect === 'mysql' || this.chance(50)) return { parts: [], count: null }
    const items = Array.from({ length: 1 + this.int(3) }, () =>
      this.pick([
        () => ['*'],
        () => [this.name(this.anyColumn())],
        () => [...this.int4(1), 'as', this.name('b')],
        () => [...this.text(1), 'as', this.name('a')],
        ...(this.dialect === 'postgres' ? [() => [this.name(table), '.', '*']] : []),
      ])(),
    )
    // MariaDB takes `*` only as the first item.
    if (this.dialect === 'mariadb')
      items.forEach((item, index) => index > 0 && item[0] === '*' && item.splice(0, 1, 'b'))
    return { parts: ['returning', ...this.#list(items, (item) => item)], count: items.length }
  }

  // -- statements

  insert(): WrittenStatement {
    const table = this.pick(randomSqlTables)
    const alias = !this.mysql && this.chance(20) ? 'w' : null
    const columns = this.chance(80) ? this.#someColumns(true) : null
    const written = columns ?? randomSqlColumns
    const parts = ['insert', 'into', this.name(table), ...(alias === null ? [] : ['as', alias])]
    if (columns !== null) parts.push('(', ...this.#list(columns, (column) => [this.name(column)]), ')')
    let cells: number[] | null = null
    if (this.chance(75)) {
      const rows = Array.from({ length: 1 + this.int(3) }, () => written)
      cells = rows.map((row) => row.length)
      parts.push(
        'values',
        ...this.#list(rows, (row) => ['(', ...this.#list(row, (column) => this.constant(column)), ')']),
      )
    } else {
      const query = written.map((column) =>
        column === 'id' ? ['id', '+', String(1000 + this.int(1_000_000))] : this.value(column),
      )
      parts.push('select', ...this.#list(query, (item) => item), 'from', 't1', 'where', ...this.condition())
    }
    const { conflict, assigned, parts: conflictParts } = this.#conflict()
    parts.push(...conflictParts)
    const { parts: list, count } = this.#returning(alias ?? table)
    parts.push(...list)
    const facts: WrittenFacts = {
      ...none,
      kind: 'insert',
      table,
      alias,
      columns,
      cells,
      conflict,
      assigned,
      returning: count,
    }
    return { sql: this.join(parts), parts, facts }
  }

  #conflict(): { conflict: WrittenFacts['conflict']; assigned: string[]; parts: string[] } {
    const columns = this.#someColumns(false)
    const simple = columns.flatMap((column, index) => [
      ...(index === 0 ? [] : [',']),
      this.name(column),
      '=',
      ...(this.mysql
        ? ['values', '(', this.name(column), ')']
        : [this.pick(['excluded', 'EXCLUDED']), '.', this.name(column)]),
    ])
    if (this.chance(60)) return { conflict: null, assigned: [], parts: [] }
    if (this.mysql)
      return {
        conflict: 'duplicate',
        assigned: columns,
        parts: ['on', 'duplicate', 'key', 'update', ...simple],
      }
    const target = ['(', this.name('id'), ')']
    if (this.chance(50)) {
      const parts = ['on', 'conflict', ...(this.chance(50) ? target : []), 'do', 'nothing']
      return { conflict: 'nothing', assigned: [], parts }
    }
    const where = this.chance(30) ? ['where', 'excluded', '.', 'id', '>', '0'] : []
    return {
      conflict: 'update',
      assigned: columns,
      parts: ['on', 'conflict', ...target, 'do', 'update', 'set', ...simple, ...where],
    }
  }

  /** Alias, WHERE, ORDER BY, LIMIT, RETURNING behind the main part of an UPDATE or DELETE. */
  #tail(table: string): { parts: string[]; where: boolean; limit: boolean; returning: number | null } {
    const where = this.chance(80)
    const limit = this.dialect !== 'postgres' && this.chance(25)
    const { parts: list, count } = this.#returning(table)
    const order = limit
      ? ['order', 'by', this.dialect === 'sqlite' ? 'id' : this.name('id'), 'desc', 'limit', '2']
      : []
    const condition = where ? ['where', ...this.condition()] : []
    const parts =
      this.dialect === 'sqlite' ? [...condition, ...list, ...order] : [...condition, ...order, ...list]
    return { parts, where, limit, returning: count }
  }

  update(): WrittenStatement {
    const table = this.pick(randomSqlTables)
    const alias = this.chance(25) ? 'w' : null
    const assigned = this.#someColumns(false)
    const parts = ['update', this.name(table)]
    if (alias !== null) parts.push(...(this.dialect === 'sqlite' || this.chance(50) ? ['as'] : []), alias)
    parts.push('set', ...this.#assign(assigned))
    const joined = !this.mysql && this.chance(20)
    if (joined) parts.push('from', '(', 'select', '1', 'as', 'one', ')', 'as', 'u')
    const found = this.#tail(alias ?? table)
    const { parts: tail, ...rest } = found
    // MariaDB has no UPDATE .. RETURNING.
    if (this.dialect === 'mariadb' && rest.returning !== null) return this.update()
    parts.push(...tail)
    return {
      sql: this.join(parts),
      parts,
      facts: { ...none, kind: 'update', table, alias, assigned, joined, ...rest },
    }
  }

  delete(): WrittenStatement {
    const table = this.pick(randomSqlTables)
    const alias = this.chance(25) && this.dialect !== 'mariadb' ? 'w' : null
    const parts = ['delete', 'from', this.name(table)]
    if (alias !== null) parts.push(...(this.dialect === 'sqlite' || this.chance(50) ? ['as'] : []), alias)
    const joined = this.dialect === 'postgres' && this.chance(20)
    if (joined) parts.push('using', '(', 'select', '1', 'as', 'one', ')', 'u')
    const { parts: tail, ...rest } = this.#tail(alias ?? table)
    parts.push(...tail)
    return { sql: this.join(parts), parts, facts: { ...none, kind: 'delete', table, alias, joined, ...rest } }
  }

  select(): WrittenStatement {
    const table = this.pick(randomSqlTables)
    const parts = [
      'select',
      ...this.int4(),
      'as',
      'n',
      ',',
      ...this.text(),
      'as',
      's',
      'from',
      this.name(table),
      'where',
      ...this.condition(),
    ]
    return { sql: this.join(parts), parts, facts: { ...none, kind: 'read', table } }
  }

  /** One to three small changes of the parts. */
  mutate(parts: readonly string[]): string {
    const changed = [...parts]
    const words = [
      '(',
      ')',
      ',',
      ';',
      "'",
      '"',
      '--',
      '/*',
      '*/',
      'and',
      'or',
      'set',
      'where',
      'returning',
      'from',
      'delete',
      'update',
      'with',
      'as',
      '1',
      'x',
      'insert',
      'into',
      'select',
      '.',
      '$1',
      '`',
      '[',
      ']',
      '::',
      "E'",
      '$$',
      '#',
      'for update',
      'only',
      'values',
      'limit',
      'explain',
      'do',
      'default',
      '=',
      'w',
    ]
    for (let times = this.pick([1, 1, 1, 2, 3]); times > 0; times--) {
      const at = this.int(changed.length)
      const change = this.int(4)
      if (change === 0) changed.splice(at, 1)
      else if (change === 1) changed.splice(at, 0, this.pick(words))
      else if (change === 2) changed[at] = this.pick(words)
      else changed.splice(at, 0, changed[this.int(changed.length)] as string)
    }
    return this.join(changed)
  }
}
