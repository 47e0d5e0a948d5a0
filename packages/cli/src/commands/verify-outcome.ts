// What a verification says by its exit code.

import type { VerifyReport } from '@twinwrite/verify'
import { exitCode, type ExitCode } from '../exit-code.ts'

/** Mismatches that are repaired count no more; a look that was stopped, or rows still on their way, say nothing for certain. */
export function verifyCode({ clean, open }: Pick<VerifyReport, 'clean' | 'open'>): ExitCode {
  if (clean) return exitCode.ok
  return open > 0 ? exitCode.mismatches : exitCode.failed
}
