// Rows as lines of text, so that whole tables travel as bytes: columns parted by tabs, `\N` for NULL, backslashes before backslash, tab
// and line ends. PostgreSQL's COPY and LOAD DATA of MySQL and MariaDB both write or read this form.

import type { Readable } from 'node:stream'
import type { Column, SideTable } from '@twinwrite/core'
import type { Framing } from '../compare/framing.ts'
import type { Session } from '../session.ts'

/**
 * Whose texts stand in the columns: `own`, as the engine itself writes them for its own kind; `common`, as both kinds of engine read
 * them: bytes as `\x` and hexadecimal digits, booleans as 0 and 1, instants as date and time in UTC, bits as 0 and 1. `binary`: no
 * texts at all, but what a server sends to one that holds the column in the same type.
 */
export type LineForm = 'own' | 'common' | 'binary'

export interface LineSource {
  readonly bytes: Readable
  /** Lines given so far: all of them, once the bytes have ended. */
  lines(): number
}

export interface Written {
  readonly rows: number
  /** What the server did not take as it was; null: nothing. */
  readonly warning: string | null
}

export interface Lines {
  /** Engines of one family read each other's own form. */
  readonly family: 'postgres' | 'mysql'
  /** SQL of a column's text (alias `t`) for a column of the other side; null where it can't travel in this form. */
  given(column: Column, to: Column, form: LineForm): string | null
  /** Whether this server is exact, and as strict as our own checks, when it reads such a column. */
  takes(column: Column, form: LineForm): boolean
  /** The text of the common form for a canonical text. @throws Misfit */
  text(column: Column, canonical: string): string
  /** A text in a statement that takes no bound values; it must be compared as the column it stands beside says. */
  literal(text: string): string
  /** @param select literal SQL whose columns are texts made by `given` */
  read(session: Session, select: string, form: LineForm): Promise<LineSource>
  /** Rows as the server sends them, where that is cheaper than lines; they can be compared within the family. */
  readonly asSent: {
    readonly framing: Framing
    read(session: Session, select: string): Promise<LineSource>
  } | null
  /** Whether the server lets this session load lines. */
  mayWrite(session: Session): Promise<boolean>
  /** @param from family of the server that gave the lines @returns what the server says of them */
  write(
    session: Session,
    table: SideTable,
    form: LineForm,
    source: LineSource,
    from: Lines['family'],
  ): Promise<Written>
}
