import { buildCommand } from '@stricli/core'
import { type Gate, moveStage, type MoveReport, previewStep, type StepPreview } from '@twinwrite/control'
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
import { columns, counted, duration } from '../text.ts'

interface Flags extends CommonFlags {
  readonly yes: boolean
  readonly force: boolean
  readonly reason?: string
  readonly dryRun: boolean
  readonly barrierTimeout: number
}

export const stage = buildCommand<Flags, [Stage?], Context>({
  docs: {
    brief: 'Show the stage, or move the fleet to a neighbouring one',
    fullDescription: `Stages: ${stages.join(', ')}. Between source-first and target-first authority moves: writes wait for the time of the switch. Gates before each step are listed and refuse it while one is closed.`,
  },
  parameters: {
    flags: {
      ...commonFlags,
      yes: yesFlag,
      force: {
        kind: 'boolean',
        default: false,
        brief: 'Pass closed gates, except those that keep rows from being lost',
        withNegated: false,
      },
      reason: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'TEXT',
        brief: 'Why; kept in the audit trail',
      },
      dryRun: {
        kind: 'boolean',
        default: false,
        brief: 'Show the gates and what the step would wait for, and change nothing',
        withNegated: false,
      },
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
    return operate(this, flags, (operation) => {
      if (to === undefined) return showStage(operation)
      return flags.dryRun ? preview(operation, to) : moveTo(operation, to, flags)
    })
  },
})

async function showStage({ migration }: Operation): Promise<Outcome> {
  const { stage: now, primary, epoch, frozen } = await migration.status()
  return {
    data: { stage: now, primary, epoch, frozen },
    text: frozen ? `${now} (a switch is under way)` : now,
  }
}

async function preview({ migration, entry }: Operation, to: Stage): Promise<Outcome> {
  const seen = await previewStep(migration, to, entry.gates)
  const closed = seen.gates.some(({ open }) => !open)
  return { data: seen, text: previewText(seen), code: closed ? exitCode.failed : exitCode.ok }
}

function previewText({
  from,
  to,
  gates,
  openTransactions,
  journalEntries,
  lastPausesMs,
}: StepPreview): string {
  const waits = [
    ...openTransactions.map((session) => ['open', session]),
    ['journal', journalEntries === null ? 'does not answer' : counted(journalEntries, 'entry', 'entries')],
    [
      'pause',
      lastPausesMs.length === 0
        ? 'not measured yet'
        : `${lastPausesMs.map(duration).join(', ')} the last times`,
    ],
  ]
  return `${from} -> ${to}, nothing was changed\n${gatesText(gates)}\n${columns(waits, '  ')}`
}

function gatesText(gates: readonly Gate[]): string {
  const rows = gates.map(({ name, open, seen, asked, hint }) => [
    open ? 'open' : 'CLOSED',
    name,
    open ? seen : `${seen}; asked for ${asked}. ${hint}`,
  ])
  return rows.length === 0 ? '  no gates' : columns(rows, '  ')
}

async function moveTo(
  { migration, entry, context, say }: Operation,
  to: Stage,
  flags: Flags,
): Promise<Outcome> {
  const from = await migration.status()
  const undo = migration.undo
  if (from.stage === to && !from.frozen && !stagePlan(to, undo).journaled) {
    return { data: { from: to, to, switched: null }, text: `${migration.name} is in ${to} already` }
  }
  const final = stagePlan(to, undo).neighbours.length === 0
  const question = `${to} is the end: the source is left behind, and there is no way back. Go on?`
  if (final && !(await confirmed(context, flags.yes, question))) {
    return { data: { from: from.stage, to: from.stage }, text: 'nothing was changed', code: exitCode.failed }
  }
  const begun = performance.now()
  const moves = stagePlan(to, undo).primary !== from.primary
  say(`${from.stage} -> ${to}: ${moves ? 'switching' : 'waiting for every process and older transactions'}`)
  const report = await moveStage(migration, to, {
    limits: entry.gates,
    force: flags.force,
    reason: flags.reason,
    barrierTimeoutMs: flags.barrierTimeout * 1000,
  })
  return { data: report, text: moved(report, performance.now() - begun) }
}

function moved({ to, switched }: MoveReport, ms: number): string {
  return switched === null
    ? `${to} after ${duration(ms)}`
    : `${to}: switched, writes waited ${duration(switched.pauseMs)}`
}

function stageName(text: string): Stage {
  if (isStage(text)) return text
  throw new UsageError(`there is no stage ${JSON.stringify(text)}; there are ${stages.join(', ')}`)
}
