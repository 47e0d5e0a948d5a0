// SQL text and its bound values. Values are always bound; identifiers only come from `quote` (W14).

export interface Statement {
  readonly sql: string
  readonly bindings: readonly unknown[]
}
