import { buildCommand } from '@stricli/core'
import type { SideStatements } from '@twinwrite/core'
import { dryRunFlag } from '../flags.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import type { Context } from '../context.ts'

interface Flags extends CommonFlags {
  readonly dryRun: boolean
}

export const install = buildCommand<Flags, [], Context>({
  docs: { brief: 'Make the control tables on both sides, in stage source-only' },
  parameters: {
    flags: {
      ...commonFlags,
      dryRun: dryRunFlag('Print the statements only'),
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      const statements = await migration.install({ dryRun: flags.dryRun })
      return {
        data: { installed: !flags.dryRun, statements },
        text: flags.dryRun ? script(statements) : `installed: ${migration.name} is in source-only`,
      }
    })
  },
})

/** Statements by side as a script that an administrator may run. */
export function script(statements: SideStatements): string {
  return (['source', 'target'] as const)
    .filter((side) => statements[side].length > 0)
    .map((side) => `-- on the ${side}\n${statements[side].map((statement) => `${statement};`).join('\n')}`)
    .join('\n\n')
}
