import { buildCommand } from '@stricli/core'
import { confirmed, yesFlag } from '../confirm.ts'
import type { Context } from '../context.ts'
import { exitCode } from '../exit-code.ts'
import { dryRunFlag } from '../flags.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import { script } from './install.ts'

interface Flags extends CommonFlags {
  readonly dryRun: boolean
  readonly retired: boolean
  readonly yes: boolean
}

export const uninstall = buildCommand<Flags, [], Context>({
  docs: { brief: 'Remove the control tables from both sides' },
  parameters: {
    flags: {
      ...commonFlags,
      dryRun: dryRunFlag('Print the statements only'),
      retired: {
        kind: 'boolean',
        default: false,
        brief: 'In target-only: the application does not use twinwrite any more',
        withNegated: false,
      },
      yes: yesFlag,
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, async ({ migration, context }) => {
      const dryRun = flags.dryRun
      const question = `Remove the journal, fence and checkpoints of ${migration.name} from both databases?`
      if (!dryRun && !(await confirmed(context, flags.yes, question))) {
        return { data: { removed: false }, text: 'nothing was changed', code: exitCode.failed }
      }
      const statements = await migration.uninstall({ dryRun, retired: flags.retired })
      return {
        data: { removed: !dryRun, statements },
        text: dryRun ? script(statements) : `${migration.name} is removed from both sides`,
      }
    })
  },
})
