import { buildCommand } from '@stricli/core'
import { type AuditedStep, auditTrail, gateText } from '@twinwrite/control'
import type { Context } from '../context.ts'
import { wholeNumber } from '../flags.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import { columns, duration } from '../text.ts'

interface Flags extends CommonFlags {
  readonly limit: number
}

export const audit = buildCommand<Flags, [], Context>({
  docs: { brief: 'Who moved the stage when, why, and what came of it' },
  parameters: {
    flags: {
      ...commonFlags,
      limit: { kind: 'parsed', parse: wholeNumber, default: '50', placeholder: 'N', brief: 'Most steps' },
    },
    aliases: commonAliases,
  },
  func(flags) {
    return operate(this, flags, async ({ migration }) => {
      const steps = await auditTrail(migration, flags.limit)
      return { data: steps, text: steps.length === 0 ? 'no step yet' : columns(steps.flatMap(rowsOf)) }
    })
  },
})

function rowsOf(step: AuditedStep): string[][] {
  const { at, by, from, to, outcome, pauseMs, reason, forced, error } = step
  const pause = pauseMs === null ? '' : `, writes waited ${duration(pauseMs)}`
  const more = [
    ...(reason === null ? [] : [`reason: ${reason}`]),
    ...forced.map((gate) => `forced: ${gateText(gate)}`),
    ...(error === null ? [] : [error]),
  ]
  return [[at, by, `${from} -> ${to}`, `${outcome}${pause}`], ...more.map((line) => ['', '', '', line])]
}
