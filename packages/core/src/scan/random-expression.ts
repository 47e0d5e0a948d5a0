// For tests only: random names, literals, comments and expressions, with whatever can deceive a scanner.

import { Random } from './random.ts'
import type { ScanDialect } from './statement.ts'

/** Column names; the last two need quotes everywhere. */
export const randomSqlColumns = ['id', 'a', 'b', 'select', 'x"y `z]'] as const
export const randomSqlTables = ['t0', 't1', 'returning (values);'] as const

const quoteOf: Record<ScanDialect, string> = { postgres: '"', sqlite: '"', mysql: '`', mariadb: '`' }

export function quoteName(dialect: ScanDialect, name: string): string {
  const quote = quoteOf[dialect]
  return quote + name.replaceAll(quote, quote + quote) + quote
}

/** Expressions are lists of parts; `join` writes them with gaps between. */
export class RandomExpression extends Random {
  readonly dialect: ScanDialect
  readonly mysql: boolean

  constructor(dialect: ScanDialect, seed: number) {
    super(seed)
    this.dialect = dialect
    this.mysql = dialect === 'mysql' || dialect === 'mariadb'
  }

  /** White space and comments; at least one blank when `needed`. */
  gap(needed = true): string {
    const plain = needed ? ' ' : ''
    if (this.chance(80)) return plain
    const comments: string[] = [
      ' ',
      '\n',
      '\t ',
      " /* ' ; ) returning */ ",
      ' -- \' " ` where ( \n',
      '/**/',
      '/***/',
      '/* - */',
    ]
    if (this.dialect === 'postgres') comments.push("/* a /* ' */ ; */", ' -- $$ \r ')
    if (this.mysql) comments.push(" # it's ; \n", '/* /* */', ' --\t"\n')
    if (this.dialect === 'sqlite') comments.push('/* /* */', " -- it's \r \n")
    return this.pick(comments)
  }

  join(parts: readonly string[]): string {
    let sql = this.chance(10) ? this.gap() : ''
    parts.forEach((part, index) => {
      sql += (index === 0 ? '' : this.gap()) + part
    })
    const end = this.pick(['', '', '', ';', ' ;; ', ' -- end'])
    return sql + end
  }

  // -- names

  name(name: string): string {
    const plain = /^[a-z]\w*$/.test(name) && name !== 'select' && name !== 'returning'
    if (plain && this.chance(50)) {
      // MySQL's table names mind case.
      return this.chance(30) && !(this.mysql && name.startsWith('t')) ? name.toUpperCase() : name
    }
    if (this.dialect === 'sqlite' && this.chance(30)) {
      return this.chance(50) && !name.includes(']') ? `[${name}]` : `\`${name.replaceAll('`', '``')}\``
    }
    return quoteName(this.dialect, name)
  }

  anyColumn(): string {
    return this.pick(randomSqlColumns)
  }

  #intColumn(): string {
    return this.name(this.pick(['id', 'b', 'select', 'x"y `z]']))
  }

  // -- expressions, as lists of parts

  string(): string {
    // MySQL can't mix N'..', which has three bytes per character at most, with it.
    const emoji = this.mysql ? '世' : '😀'
    const bodies = [
      '',
      'x',
      "it''s",
      ';',
      'returning',
      '-- ',
      '/*',
      '*/',
      '(',
      ')',
      '"',
      '`',
      '$$',
      '?',
      '$1',
      ',',
      '[',
      'é',
      emoji,
    ]
    const body = this.pick(bodies) + this.pick(bodies)
    const plain = `'${body}'`
    if (this.dialect === 'postgres') {
      const dollars = body.includes('$') ? `$q$${body}$q$` : `$$${body}$$`
      return this.pick([
        plain,
        plain,
        `E'${body}\\'\\\\'`,
        dollars,
        `'a'\n'${body}'`,
        `'a' -- it''s\n '${body}'`,
        `U&'${body}'`,
      ])
    }
    if (this.mysql) {
      const double = `"${body.replaceAll('"', '""').replaceAll("''", "'")}"`
      return this.pick([
        plain,
        plain,
        `'${body}\\'\\\\'`,
        double,
        `'a' '${body}'`,
        `N'${body}'`,
        `_utf8mb4'${body}'`,
      ])
    }
    return plain
  }

  int4(depth = 2): string[] {
    const leaf: (() => string[])[] = [
      () => [String(this.int(50))],
      () => [this.#intColumn()],
      () => ['-', String(this.int(9))],
      () => ['1.5'],
    ]
    if (depth === 0) return this.pick(leaf)()
    const deeper = () => this.int4(depth - 1)
    const nested: (() => string[])[] = [
      () => ['(', ...deeper(), this.pick(['+', '-', '*']), ...deeper(), ')'],
      () => [...deeper(), '+', ...deeper()],
      () => ['case', 'when', ...this.condition(depth - 1), 'then', ...deeper(), 'else', ...deeper(), 'end'],
      () => ['coalesce(', ...deeper(), ',', ...deeper(), ')'],
      () => ['(', 'select', 'max(', 'b', ')', 'from', 't1', 'where', ...this.condition(depth - 1), ')'],
    ]
    if (this.dialect !== 'sqlite') nested.push(() => ['extract(', 'year', 'from', 'current_date', ')'])
    if (this.dialect === 'postgres')
      nested.push(() => ['(', 'array[', ...deeper(), ',', ...deeper(), ']', ')', '[', '1', ']'])
    return this.chance(60) ? this.pick(leaf)() : this.pick(nested)()
  }

  text(depth = 2): string[] {
    if (depth === 0 || this.chance(60)) return [this.string()]
    const deeper = () => this.text(depth - 1)
    const joined = this.mysql
      ? ['concat(', ...deeper(), ',', ...deeper(), ')']
      : ['(', ...deeper(), '||', ...deeper(), ')']
    return this.pick([joined, ['coalesce(', ...deeper(), ',', ...deeper(), ')'], [this.name('a')]])
  }

  condition(depth = 2): string[] {
    const leaf: (() => string[])[] = [
      () => [...this.int4(0), this.pick(['=', '<', '>=', '<>']), ...this.int4(0)],
      () => [this.name('a'), 'is', 'not', 'null'],
      () => [this.name('a'), 'like', this.string()],
      () => [this.name('id'), 'in', '(', '1', ',', '2', ')'],
      () => ['1', '=', '1'],
    ]
    if (depth === 0) return this.pick(leaf)()
    const deeper = () => this.condition(depth - 1)
    const nested: (() => string[])[] = [
      () => [...deeper(), 'and', ...deeper()],
      () => ['(', ...deeper(), 'or', ...deeper(), ')'],
      () => ['not', '(', ...deeper(), ')'],
      () => [...this.int4(depth - 1), 'between', ...this.int4(0), 'and', ...this.int4(0)],
      () => ['exists', '(', 'select', '1', 'from', 't1', 'where', ...deeper(), ')'],
      () => ['(', ...deeper(), ')'],
    ]
    if (!this.mysql) nested.push(() => [...this.int4(0), 'is', 'distinct', 'from', ...this.int4(0)])
    return this.chance(40) ? this.pick(leaf)() : this.pick(nested)()
  }
}
