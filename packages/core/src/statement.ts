// SQL text and its bound values. Values are always bound; identifiers only come from `quote` (W14).

export interface Statement {
  readonly sql: string
  readonly bindings: readonly unknown[]
  /** Which bindings are the app's own, where a statement is built from one of the app's: drivers may know more of them than the value. */
  readonly taken?: Taken
}

export interface Taken {
  readonly from: Statement
  /** By binding: its place among those of `from`; null: ours. */
  readonly places: readonly (number | null)[]
}
