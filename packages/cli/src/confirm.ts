// Asks before a step that can't be taken back.

import { confirm as ask, isCancel } from '@clack/prompts'
import type { Context } from './context.ts'
import { UsageError } from './exit-code.ts'

export const yesFlag = { kind: 'boolean', default: false, brief: 'Do not ask', withNegated: false } as const

/** @returns false where the answer is no @throws UsageError where nobody can be asked */
export async function confirmed(context: Context, yes: boolean, question: string): Promise<boolean> {
  if (yes) return true
  if (!context.terminal) throw new UsageError(`${question} Nobody can be asked here: pass --yes.`)
  const answer = await ask({ message: question, initialValue: false })
  return !isCancel(answer) && answer
}
