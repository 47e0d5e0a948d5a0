import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'

const told = {
  nothing: 'no switch was left half-way',
  'rolled-back': 'the switch was undone: the side that was frozen is primary again',
  'rolled-forward': 'the switch was finished: the other side is primary',
} as const

export const recover = buildCommand<CommonFlags, [], Context>({
  docs: { brief: 'Finish a switch that its controller left half-way; harmless at any time' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      const done = await migration.recover()
      return { data: { done }, text: told[done] }
    })
  },
})
