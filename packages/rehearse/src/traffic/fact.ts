// What writers tell of a row of their own: before a write what may be true of it, after the answer what is.

/** Key values as texts, and the token that the row then holds; `gone`: there is no such row. */
export interface Fact {
  readonly table: string
  readonly key: readonly string[]
  readonly state: string | typeof gone
}

export const gone = null

/** State of a row of a table without a column for tokens. */
export const present = ''
