import { buildCommand, buildRouteMap } from '@stricli/core'
import { confirmed, yesFlag } from '../confirm.ts'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import { columns, counted } from '../text.ts'

const list = buildCommand<CommonFlags, [], Context>({
  docs: { brief: 'Rows that the secondary does not accept, and why' },
  parameters: { flags: commonFlags, aliases: commonAliases },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      const blocked = await migration.blocked()
      const rows = blocked.map(({ id, table, key, attempts, reason }) => [
        id,
        table,
        key,
        counted(attempts, 'try', 'tries'),
        reason,
      ])
      return {
        data: { blocked },
        text:
          rows.length === 0 ? 'nothing is blocked' : columns([['id', 'table', 'key', '', 'reason'], ...rows]),
        code: rows.length === 0 ? exitCode.ok : exitCode.failed,
      }
    })
  },
})

const retry = buildCommand<CommonFlags, string[], Context>({
  docs: { brief: 'Put blocked rows back into the queue, after what blocked them was mended' },
  parameters: { flags: commonFlags, aliases: commonAliases, positional: ids('all of them when left out') },
  func(flags, ...chosen) {
    return operate(this, flags, async ({ migration }) => {
      const retried = await migration.retryBlocked(chosen.length === 0 ? undefined : chosen)
      return { data: { retried }, text: `${counted(retried, 'row')} will be tried again` }
    })
  },
})

interface DropFlags extends CommonFlags {
  readonly reason: string
  readonly yes: boolean
}

const drop = buildCommand<DropFlags, string[], Context>({
  docs: {
    brief:
      'Give blocked rows up: their tables are marked, which blocks a switch until they are loaded or repaired',
  },
  parameters: {
    flags: {
      ...commonFlags,
      reason: { kind: 'parsed', parse: String, placeholder: 'TEXT', brief: 'Why; stands in the mark' },
      yes: yesFlag,
    },
    aliases: commonAliases,
    positional: ids('at least one'),
  },
  func(flags, ...chosen) {
    return operate(this, flags, async ({ migration, context }) => {
      if (chosen.length === 0) throw new UsageError('name the ids of `twinwrite blocked list` to drop')
      const question = `Give up ${counted(chosen.length, 'row')}? The secondary stays without what was written there.`
      if (!(await confirmed(context, flags.yes, question))) {
        return { data: { dropped: 0 }, text: 'nothing was changed', code: exitCode.failed }
      }
      const dropped = await migration.dropBlocked(chosen, flags.reason)
      return { data: { dropped }, text: `${counted(dropped, 'row')} given up; their tables are marked` }
    })
  },
})

export const blocked = buildRouteMap({
  docs: { brief: 'Rows that the secondary does not accept: list, retry, drop' },
  routes: { list, retry, drop },
  defaultCommand: 'list',
})

function ids(brief: string) {
  return {
    kind: 'array',
    parameter: {
      parse: (text: string): string => {
        if (/^\d+$/.test(text)) return text
        throw new UsageError(`${JSON.stringify(text)} is no id of \`twinwrite blocked list\``)
      },
      placeholder: 'ID',
      brief: `Ids of \`twinwrite blocked list\`: ${brief}`,
    },
  } as const
}
