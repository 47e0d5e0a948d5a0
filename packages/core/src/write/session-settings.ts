// What is known of how a session of the app is set. Where the app's layer hides which physical connection runs a
// statement, one stands for all connections of a pool.

export class SessionSettings {
  /** Isolation that transactions have by default; undefined until asked. */
  defaultIsolation: string | undefined
  /** The statement after which the scanner can't read this session's texts any more. */
  lexing: string | null = null
}
