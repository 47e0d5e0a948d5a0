// How the four dialects write comments, strings, names and parameters, as data.
// Assumed server settings: PostgreSQL standard_conforming_strings = on; MySQL and MariaDB without
// ANSI_QUOTES, NO_BACKSLASH_ESCAPES and PIPES_AS_CONCAT, statements sent as utf8mb4.
// https://www.postgresql.org/docs/15/sql-syntax-lexical.html
// https://dev.mysql.com/doc/refman/9.7/en/language-structure.html
// https://www.sqlite.org/lang_keywords.html, tokenize.c

import type { ScanDialect } from './statement.ts'

export interface Lexicon {
  /** What "..." is. */
  readonly doubleQuote: 'name' | 'string'
  readonly backtickNames: boolean
  /** SQLite's [name]. */
  readonly bracketNames: boolean
  /** Backslash escapes in ordinary strings. */
  readonly backslash: boolean
  /** Letters that make a string of another kind when they stand directly before its quote. */
  readonly prefixes: string
  /** PostgreSQL: E'', U&'', U&"", $tag$..$tag$, 'a' newline 'b'. */
  readonly postgresStrings: boolean
  readonly nestedComments: boolean
  readonly hashComments: boolean
  /** MySQL: `--` starts a comment only before white space, a control character or the end. */
  readonly dashNeedsSpace: boolean
  /** A carriage return ends a line comment too. */
  readonly returnEndsLine: boolean
  /** A comment may run to the end of the text. */
  readonly openComments: boolean
  /** What follows the opening of a comment that the server executes. */
  readonly executable: readonly string[]
  /** Unquoted names may start with a digit or `$`. */
  readonly digitNames: boolean
  /** `$1` */
  readonly numberedParams: boolean
  /** `?` */
  readonly questionParams: boolean
  /** SQLite's ?1, :a, @a, $a. */
  readonly namedParams: boolean
  readonly verticalTab: boolean
  /** The server reads the text up to the first NUL character. */
  readonly nulEnds: boolean
}

const mysql: Lexicon = {
  doubleQuote: 'string',
  backtickNames: true,
  bracketNames: false,
  backslash: true,
  prefixes: 'xXbBnN',
  postgresStrings: false,
  nestedComments: false,
  hashComments: true,
  dashNeedsSpace: true,
  returnEndsLine: false,
  openComments: false,
  executable: ['!'],
  digitNames: true,
  numberedParams: false,
  questionParams: true,
  namedParams: false,
  verticalTab: true,
  nulEnds: false,
}

export const lexicons: Readonly<Record<ScanDialect, Lexicon>> = {
  mysql,
  mariadb: { ...mysql, executable: ['!', 'M!'] },
  postgres: {
    doubleQuote: 'name',
    backtickNames: false,
    bracketNames: false,
    backslash: false,
    prefixes: 'xXbBnN',
    postgresStrings: true,
    nestedComments: true,
    hashComments: false,
    dashNeedsSpace: false,
    returnEndsLine: true,
    openComments: false,
    executable: [],
    digitNames: false,
    numberedParams: true,
    questionParams: false,
    namedParams: false,
    verticalTab: false,
    nulEnds: true,
  },
  sqlite: {
    doubleQuote: 'name',
    backtickNames: true,
    bracketNames: true,
    backslash: false,
    prefixes: 'xX',
    postgresStrings: false,
    nestedComments: false,
    hashComments: false,
    dashNeedsSpace: false,
    returnEndsLine: false,
    openComments: true,
    executable: [],
    digitNames: false,
    numberedParams: false,
    questionParams: true,
    namedParams: true,
    verticalTab: false,
    nulEnds: true,
  },
}
