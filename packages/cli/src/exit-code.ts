// What a command's exit code says; documented in docs/cli.md.

export const exitCode = {
  ok: 0,
  /** A check failed, or what was asked could not be done. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** Verify found mismatches. */
  mismatches: 3,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
