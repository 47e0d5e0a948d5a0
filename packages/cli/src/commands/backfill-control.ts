// Steering a backfill that any process runs.

import { buildCommand } from '@stricli/core'
import { abandonFastLoad, pauseBackfill, resumeBackfill, retuneBackfill } from '@twinwrite/backfill'
import { confirmed, yesFlag } from '../confirm.ts'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { numberFlag, wholeNumber } from '../flags.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'

export const pause = buildCommand<CommonFlags, [], Context>({
  docs: { brief: 'Let chunks under way end, and begin none until `resume`' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      await pauseBackfill(migration)
      return { data: { paused: true }, text: 'paused; `twinwrite backfill resume` lets it go on' }
    })
  },
})

export const resume = buildCommand<CommonFlags, [], Context>({
  docs: { brief: 'Let a paused backfill go on' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      await resumeBackfill(migration)
      return { data: { paused: false }, text: 'a backfill under way goes on within a second' }
    })
  },
})

interface SetFlags extends CommonFlags {
  readonly parallel?: number
  readonly rowsPerSecond?: number | 'none'
  readonly chunkMs?: number
}

export const set = buildCommand<SetFlags, [], Context>({
  docs: { brief: 'Change the pace of a backfill while it runs, and of later ones' },
  parameters: {
    flags: {
      ...commonFlags,
      parallel: numberFlag('N', 'Chunks under way at once'),
      rowsPerSecond: {
        kind: 'parsed',
        parse: (text: string): number | 'none' => (text === 'none' ? text : wholeNumber(text)),
        optional: true,
        placeholder: 'N',
        brief: 'Most rows in a second; none: no limit',
      },
      chunkMs: numberFlag('MS', 'Milliseconds that a chunk should last'),
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      const { parallel, rowsPerSecond: limit, chunkMs } = flags
      const rowsPerSecond = limit === 'none' ? null : limit
      const given = Object.entries({ parallel, rowsPerSecond, chunkMs }).filter(
        ([, value]) => value !== undefined,
      )
      if (given.length === 0)
        throw new UsageError('say what to set: --parallel, --rows-per-second, --chunk-ms')
      const tuning = Object.fromEntries(given)
      await retuneBackfill(migration, tuning)
      return {
        data: tuning,
        text: given.map(([name, value]) => `${name}: ${value ?? 'no limit'}`).join(', '),
      }
    })
  },
})

interface AbandonFlags extends CommonFlags {
  readonly yes: boolean
}

export const abandon = buildCommand<AbandonFlags, [], Context>({
  docs: {
    brief: 'Give up a fast load that was left half-way: indexes are put back and the side follows again',
    fullDescription: 'What was loaded stays. The next backfill goes on through apply.',
  },
  parameters: { flags: { ...commonFlags, yes: yesFlag }, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, async ({ migration, context }) => {
      const question = 'Give up the fast load? The rest is loaded through apply, which takes longer.'
      if (!(await confirmed(context, flags.yes, question)))
        return { data: { abandoned: false }, text: 'nothing was changed', code: exitCode.failed }
      await abandonFastLoad(migration)
      return {
        data: { abandoned: true },
        text: 'the side follows again; `twinwrite backfill` loads the rest',
      }
    })
  },
})
