// The report of a rehearsal for people. The last line is the verdict.

import type { RehearsalReport, StatementsReport } from '@twinwrite/rehearse'
import { columns, count, counted, duration } from '../text.ts'

export function rehearsalText(report: RehearsalReport): string {
  const { tables, steps, notes, lossy, statements } = report
  return [
    '',
    'steps',
    columns(
      steps.map(({ name, ms, pauseMs, detail }) => [
        name,
        duration(ms),
        pauseMs === null ? '' : `writes waited ${duration(pauseMs)}`,
        detail ?? '',
      ]),
      '  ',
    ),
    'tables',
    columns(
      tables.map(({ table, rows, from, realRows, estimateMs }) => [
        table,
        `${counted(rows, 'row')} ${from === 'real' ? 'copied' : 'made'}`,
        `${counted(realRows, 'row')} in all`,
        estimateMs === null ? '' : `about ${duration(estimateMs)} to load`,
      ]),
      '  ',
    ),
    'found',
    columns(foundRows(report), '  '),
    ...(lossy.length === 0
      ? []
      : [
          'lossy columns',
          ...lossy.map(({ accepted, message }) => `  ${accepted ? 'accepted: ' : ''}${message}`),
        ]),
    ...(statements === null ? [] : statementLines(statements)),
    ...(notes.length === 0 ? [] : ['notes', ...notes.map((note) => `  ${note}`)]),
    verdictText(report),
  ].join('\n')
}

function foundRows({
  traffic,
  pauseMs,
  lagMs,
  backfillPerSecond,
  outage,
  kills,
}: RehearsalReport): string[][] {
  const { processes, acknowledged, perSecond, writeMs, failed, lost } = traffic
  const lostRows = Object.values(lost).reduce((sum, rows) => sum + rows, 0)
  return [
    ...(pauseMs === null
      ? []
      : [
          [
            'expected pause',
            `${duration(pauseMs.p50)}, at most ${duration(pauseMs.max)} in ${counted(pauseMs.switches, 'switch', 'switches')}`,
          ],
        ]),
    ...(lagMs === null ? [] : [['lag', `${duration(lagMs.p50)}, at most ${duration(lagMs.max)}`]]),
    ...(backfillPerSecond === null
      ? []
      : [['backfill', `${count(backfillPerSecond)} rows/s on so few rows`]]),
    [
      'writes',
      `${count(acknowledged)} acknowledged, ${count(lostRows)} lost; ${count(perSecond)}/s by ${counted(processes, 'process', 'processes')}, ` +
        `${duration(writeMs.p50)} (p50), ${duration(writeMs.p99)} (p99), at most ${duration(writeMs.max)}`,
    ],
    ...Object.entries(failed).map(([table, codes]) => [
      'failed writes',
      `${table}: ${Object.entries(codes)
        .map(([code, times]) => `${count(times)} x ${code}`)
        .join(', ')}`,
    ]),
    ...(outage === null
      ? []
      : [
          [
            'outage',
            `${duration(outage.ms)} without the target: ${counted(outage.acknowledged, 'write')} went on, caught up after ${duration(outage.caughtUpMs)}`,
          ],
        ]),
    ...kills.map(({ killed, outcome, ms }) => ['kill -9', `${killed}: ${outcome}, after ${duration(ms)}`]),
  ]
}

function statementLines({ looked, mapped, ran, failed, unmirrorable }: StatementsReport): string[] {
  const errors = Object.entries(failed).map(([code, times]) => `${count(times)} x ${code}`)
  return [
    'statements of the application',
    `  ${counted(looked, 'statement')} looked at, ${count(mapped)} of mapped tables, run ${counted(ran, 'time')}`,
    ...(errors.length === 0 ? [] : [`  errors of the database: ${errors.join(', ')}`]),
    ...unmirrorable.flatMap(({ shape, code, what, hint, count: times }) => [
      `  ${code}, ${counted(times, 'time')}: ${shape}`,
      `    ${what}. ${hint}`,
    ]),
  ]
}

function verdictText({ verdict, wrong, ms }: RehearsalReport): string {
  const lines = wrong.map((sentence) => `  ${sentence}`)
  const after = `after ${duration(ms)}; the scratch databases are dropped`
  const verdicts: Record<RehearsalReport['verdict'], string> = {
    passed: `passed ${after}`,
    failed: `FAILED ${after}`,
    mismatches: `THE SIDES DIFFER, or a write is lost, ${after}`,
    stopped: `stopped ${after}`,
  }
  return [...(lines.length === 0 ? [] : ['wrong', ...lines]), verdicts[verdict]].join('\n')
}
