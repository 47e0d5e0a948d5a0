import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lex } from './lexer.ts'
import type { ScanDialect } from './statement.ts'
import { tk, Tokens } from './token.ts'

const letters: Record<number, string> = {
  [tk.word]: 'w',
  [tk.name]: 'n',
  [tk.string]: 's',
  [tk.other]: 'o',
  [tk.number]: 'd',
  [tk.placeholder]: 'p',
  [tk.mark]: 'm',
}

/** Tokens as `kind:text`, or the fault. */
function tokensOf(sql: string, dialect: ScanDialect): string[] | string {
  const tokens = new Tokens()
  const fault = lex(sql, dialect, tokens)
  if (fault !== null) return fault
  return Array.from(
    { length: tokens.count },
    (_, at) => `${letters[tokens.kind[at] as number]}:${tokens.text(at)}`,
  )
}

const cases: readonly [ScanDialect, string, string[] | string][] = [
  // strings
  ['postgres', `'it''s' x`, [`s:'it''s'`, 'w:x']],
  ['postgres', `'a\\' x`, [`s:'a\\'`, 'w:x']],
  ['postgres', `E'a\\'b' x`, [`s:E'a\\'b'`, 'w:x']],
  ['postgres', `xE'a' b`, ['w:xE', `s:'a'`, 'w:b']],
  ['postgres', `E'a\\''\n'b\\'c' d`, [`o:E'a\\''\n'b\\'c'`, 'w:d']],
  ['postgres', `'a' -- '\n 'b'`, [`o:'a' -- '\n 'b'`]],
  ['postgres', `'a' 'b'`, [`s:'a'`, `s:'b'`]],
  ['postgres', `N'a' B'1' x'f' U&'\\0041'`, [`o:N'a'`, `o:B'1'`, `o:x'f'`, `o:U&'\\0041'`]],
  ['postgres', `U&"\\0041"`, 'illegal-character'],
  ['postgres', `$$ ' $a$ $$ $a$ $$ $a$`, [`s:$$ ' $a$ $$`, `s:$a$ $$ $a$`]],
  ['postgres', `$a$ $b$ $a$`, [`s:$a$ $b$ $a$`]],
  ['postgres', `a$1$ b`, ['w:a$1$', 'w:b']],
  ['postgres', `$1 $20`, ['p:$1', 'p:$20']],
  ['postgres', `$1a`, 'illegal-character'],
  ['postgres', `$0`, 'illegal-character'],
  ['postgres', `a\0b`, 'illegal-character'],
  ['mysql', `'a\\'b' "c\\"d" "e""f"`, [`s:'a\\'b'`, `s:"c\\"d"`, `s:"e""f"`]],
  ['mysql', `_utf8mb4'a' n'b' x'0f' b'1'`, ['w:_utf8mb4', `s:'a'`, `o:n'b'`, `o:x'0f'`, `o:b'1'`]],
  ['mysql', `e'a'`, ['w:e', `s:'a'`]],
  ['sqlite', `'a\\' x'0f' n'b'`, [`s:'a\\'`, `o:x'0f'`, 'w:n', `s:'b'`]],
  ['sqlite', `'a\\'b'`, 'unterminated'],
  ['postgres', `'a`, 'unterminated'],
  ['mysql', `"a\\"`, 'unterminated'],
  // names
  ['postgres', `"a""b" "c"`, ['n:"a""b"', 'n:"c"']],
  ['mysql', '`a``b` `c"`', ['n:`a``b`', 'n:`c"`']],
  ['sqlite', '[a b] `c` "d"', ['n:[a b]', 'n:`c`', 'n:"d"']],
  ['mysql', `1a 1e 0xg t.1b t.2`, ['w:1a', 'w:1e', 'w:0xg', 'w:t', 'm:.', 'w:1b', 'w:t', 'm:.', 'w:2']],
  ['mysql', `$a a$b`, ['w:$a', 'w:a$b']],
  ['postgres', `naïve Ünder`, ['w:naïve', 'w:Ünder']],
  // numbers
  [
    'postgres',
    `1 1.5 .5 1e10 1.e-3 0xff 1_000`,
    ['d:1', 'd:1.5', 'd:.5', 'd:1e10', 'd:1.e-3', 'd:0xff', 'd:1_000'],
  ],
  [
    'mysql',
    `1 1.5 .5 1e10 1.e-3 0xff 0b01`,
    ['d:1', 'd:1.5', 'd:.5', 'd:1e10', 'd:1.e-3', 'd:0xff', 'd:0b01'],
  ],
  ['postgres', `123abc`, 'illegal-character'],
  ['sqlite', `123abc`, 'illegal-character'],
  // comments
  ['postgres', `a -- ' "\nb --c\rd`, ['w:a', 'w:b', 'w:d']],
  ['postgres', `a /* /* ' */ " */ b`, ['w:a', 'w:b']],
  ['postgres', `a /* /* */ b`, 'unterminated'],
  ['mysql', `a /* /* */ b # '\nc -- "\rd\ne`, ['w:a', 'w:b', 'w:c', 'w:e']],
  ['mysql', `5--1 --`, ['d:5', 'm:-', 'm:-', 'd:1']],
  ['mysql', `a --\tb\nc`, ['w:a', 'w:c']],
  ['mysql', `a /*! b */`, 'executable-comment'],
  ['mysql', `a /*M! b */ /*+ hint */`, ['w:a']],
  ['mariadb', `a /*M! b */`, 'executable-comment'],
  ['mariadb', `a /*!50000 b */`, 'executable-comment'],
  ['sqlite', `a /* b`, ['w:a']],
  ['sqlite', `5--1`, ['d:5']],
  ['mysql', `a /* b`, 'unterminated'],
  // parameters and marks
  ['mysql', `? ?,?`, ['p:?', 'p:?', 'm:,', 'p:?']],
  ['mysql', `select ?? from t`, 'spliced-placeholder'],
  ['postgres', `a ? b @> c`, ['w:a', 'm:?', 'w:b', 'm:@', 'm:>', 'w:c']],
  ['sqlite', `? ?7 :a @b $c`, ['p:?', 'p:?7', 'p::a', 'p:@b', 'p:$c']],
  ['sqlite', `$a::b`, 'illegal-character'],
  ['sqlite', `#a`, 'illegal-character'],
  ['postgres', `(a[1])`, ['m:(', 'w:a', 'm:[', 'd:1', 'm:]', 'm:)']],
  ['postgres', `(a`, 'unbalanced'],
  ['postgres', `a)`, 'unbalanced'],
  ['postgres', `(a[1)]`, 'unbalanced'],
]

describe('the lexer', () => {
  it.each(cases)('%s: %j', (dialect, sql, expected) => {
    expect(tokensOf(sql, dialect)).toEqual(expected)
  })

  it('numbers parameters as each driver binds them', () => {
    const params = (sql: string, dialect: ScanDialect) => {
      const tokens = new Tokens()
      lex(sql, dialect, tokens)
      return Array.from({ length: tokens.count }, (_, at) => tokens.aux[at])
    }
    expect(params('$2 $1 $2', 'postgres')).toEqual([1, 0, 1])
    expect(params('? ? ?', 'mysql')).toEqual([0, 1, 2])
    expect(params('? ?5 ? :a @a :a ?', 'sqlite')).toEqual([0, 4, 5, 6, 7, 6, 8])
  })

  const pieces = [
    "'",
    '"',
    '`',
    '[',
    ']',
    '(',
    ')',
    '/*',
    '*/',
    '--',
    '\n',
    '\r',
    '#',
    '$',
    '$$',
    '$a$',
    '\\',
    'E',
    'a',
    '1',
    '.',
    'e',
    '?',
    ':',
    '@',
    ' ',
    ';',
    '\0',
    '\u{feff}',
    'é',
    '\ud83d',
  ]
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
  )

  it.each<ScanDialect>(['postgres', 'mysql', 'mariadb', 'sqlite'])(
    'gives ordered tokens inside of any %s text, with only blanks and comments between them',
    (dialect) => {
      fc.assert(
        fc.property(texts, (sql) => {
          const tokens = new Tokens()
          const fault = lex(sql, dialect, tokens)
          let before = 0
          for (let at = 0; at < tokens.count; at++) {
            const start = tokens.start[at] as number
            const between = sql.slice(before, start)
            expect(between).toMatch(/^(?:$|\s|--|\/\*|#)/)
            before = tokens.end[at] as number
            expect(before).toBeGreaterThan(start)
            expect(before).toBeLessThanOrEqual(sql.length)
          }
          expect(fault === null ? sql.slice(before) : '').toMatch(/^(?:$|\s|--|\/\*|#)/)
        }),
        { numRuns: 3000 },
      )
    },
  )
})
