import { buildCommand } from '@stricli/core'
import { isStage, type Stage, stagePlan, stages } from '@twinwrite/core'
import { confirmed, yesFlag } from '../confirm.ts'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { wholeNumber } from '../flags.ts'
import {
  type CommonFlags,
  commonAliases,
  commonFlags,
  operate,
  type Operation,
  type Outcome,
} from '../operation.ts'
import { duration } from '../text.ts'

interface Flags extends CommonFlags {
  readonly yes: boolean
  readonly barrierTimeout: number
}

export const stage = buildCommand<Flags, [Stage?], Context>({
  docs: {
    brief: 'Show the stage, or move the fleet to a neighbouring one',
    fullDescription: `Stages: ${stages.join(', ')}. Between source-first and target-first authority moves: writes wait for the time of the switch.`,
  },
  parameters: {
    flags: {
      ...commonFlags,
      yes: yesFlag,
      barrierTimeout: {
        kind: 'parsed',
        parse: wholeNumber,
        default: '60',
        placeholder: 'SECONDS',
        brief: 'Longest wait for processes and transactions that do not journal yet',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: stageName, placeholder: 'STAGE', brief: 'The stage to move to', optional: true }],
    },
    aliases: commonAliases,
  },
  func(flags, to) {
    return operate(this, flags, (operation) =>
      to === undefined ? showStage(operation) : moveTo(operation, to, flags),
    )
  },
})

async function showStage({ migration }: Operation): Promise<Outcome> {
  const { stage: now, primary, epoch, frozen } = await migration.status()
  return {
    data: { stage: now, primary, epoch, frozen },
    text: frozen ? `${now} (a switch is under way)` : now,
  }
}

async function moveTo({ migration, context, say }: Operation, to: Stage, flags: Flags): Promise<Outcome> {
  const from = await migration.status()
  const undo = migration.undo
  if (from.stage === to && !from.frozen && !stagePlan(to, undo).journaled) {
    return { data: { from: to, to, pauseMs: 0 }, text: `${migration.name} is in ${to} already` }
  }
  const final = stagePlan(to, undo).neighbours.length === 0
  const question = `${to} is the end: the source is left behind, and there is no way back. Go on?`
  if (final && !(await confirmed(context, flags.yes, question))) {
    return { data: { from: from.stage, to: from.stage }, text: 'nothing was changed', code: exitCode.failed }
  }
  const begun = performance.now()
  if (stagePlan(to, undo).primary === from.primary) {
    say(`${from.stage} -> ${to}: waiting for every process and older transactions`)
    await migration.setStage(to, { barrierTimeoutMs: flags.barrierTimeout * 1000 })
    const ms = performance.now() - begun
    return { data: { from: from.stage, to, ms }, text: `${to} after ${duration(ms)}` }
  }
  say(`${from.stage} -> ${to}: switching`)
  const report = await migration.switchStage(to)
  return {
    data: report,
    text: `${to}: switched, writes waited ${duration(report.pauseMs)}`,
  }
}

function stageName(text: string): Stage {
  if (isStage(text)) return text
  throw new UsageError(`there is no stage ${JSON.stringify(text)}; there are ${stages.join(', ')}`)
}
