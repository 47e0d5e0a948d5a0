import { setTimeout as sleep } from 'node:timers/promises'
import { buildCommand } from '@stricli/core'
import type { Side, Status } from '@twinwrite/core'
import type { ResolvedEntry } from '../config.ts'
import { shownSpec } from '../connection-url.ts'
import type { Context } from '../context.ts'
import { type CommonFlags, commonAliases, commonFlags, operate } from '../operation.ts'
import { columns, count, counted, duration } from '../text.ts'

interface Flags extends CommonFlags {
  readonly watch: boolean
}

const watchMs = 1_000
const clearScreen = '\u001b[H\u001b[J'

export const status = buildCommand<Flags, [], Context>({
  docs: { brief: 'Where the migration stands, in one picture' },
  parameters: {
    flags: {
      ...commonFlags,
      watch: {
        kind: 'boolean',
        default: false,
        brief: 'Again every second, until Ctrl-C',
        withNegated: false,
      },
    },
    aliases: { ...commonAliases, w: 'watch' },
  },
  func(flags) {
    return operate(this, flags, async ({ migration, entry, context }) => {
      const { stdout } = context.process
      while (flags.watch && !context.ending.aborted) {
        const seen = await migration.status()
        if (flags.json) stdout.write(`${JSON.stringify(seen)}\n`)
        else stdout.write(`${context.terminal ? clearScreen : ''}${picture(seen, entry)}\n`)
        await sleep(watchMs, undefined, { signal: context.ending }).catch(() => undefined)
      }
      if (flags.watch) return { data: null, text: '' }
      const seen = await migration.status()
      return { data: seen, text: picture(seen, entry) }
    })
  },
})

export function picture(seen: Status, entry: ResolvedEntry): string {
  const frozen = seen.frozen ? ', frozen: a switch is under way' : ''
  const head = `${seen.migration}: ${seen.installed ? seen.stage : 'not installed'}, epoch ${seen.epoch}${frozen}`
  const rows = [
    ['source', sideText(seen, entry, 'source')],
    ['target', sideText(seen, entry, 'target')],
    ['journal', journalText(seen)],
    ...seen.blocked.map(({ table, key, reason }) => ['blocked', `${table} ${key}: ${reason}`]),
    ...seen.marks.map(({ table, reason }) => ['mark', `${table}: ${reason}`]),
    ...seen.problems.map(({ code, message }) => ['mapping', `${code}: ${message}`]),
    ['processes', processesText(seen)],
  ]
  return `${head}\n${columns(rows, '  ')}`
}

function sideText(seen: Status, entry: ResolvedEntry, side: Side): string {
  const { reachable, fence, error, engine } = seen[side]
  const place = shownSpec({ ...entry[side], engine })
  if (!reachable) return `${place}: does not answer (${error ?? 'no reason given'})`
  if (error !== null) return `${place}: ${error}`
  return `${place}: ${fence === null ? 'no control tables' : fence.role}`
}

function journalText({ installed, journal, lagMs }: Status): string {
  if (!installed) return 'none'
  if (journal === null) return 'does not answer'
  const { entries, blocked, marks } = journal
  const more = [
    ...(blocked > 0 ? [`${count(blocked)} blocked`] : []),
    ...(marks.length > 0 ? [`marks on ${marks.join(', ')}`] : []),
  ]
  return [counted(entries, 'entry', 'entries'), `lag ${duration(lagMs ?? 0)}`, ...more].join(', ')
}

/** A process that has not been heard of for this long is gone. */
const goneMs = 10_000

function processesText({ processes, epoch, installed }: Status): string {
  const live = processes.filter(({ ageMs }) => ageMs < goneMs)
  if (!installed || live.length === 0) return 'none'
  const versions = [...new Set(live.map(({ version }) => version))]
  const behind = live.filter((process) => process.epoch < epoch)
  const text = `${count(live.length)} live, version ${versions.join(' and ')}`
  if (behind.length === 0) return text
  const names = behind.map(({ host, pid, stage }) => `pid ${pid} on ${host} in ${stage}`)
  return `${text}; behind: ${names.join(', ')}`
}
