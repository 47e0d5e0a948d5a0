import { setTimeout as sleep } from 'node:timers/promises'
import { buildCommand } from '@stricli/core'
import type { RunningMigration } from '@twinwrite/core'
import type { Context } from '../context.ts'
import { answer, type CommonFlags, commonAliases, commonFlags } from '../operation.ts'
import { pickMigration } from '../config.ts'
import { print } from '../print.ts'
import { count, duration } from '../text.ts'

interface Flags extends CommonFlags {
  readonly until: 'stopped' | 'drained'
}

const reportMs = 10_000

export const relay = buildCommand<Flags, [], Context>({
  docs: {
    brief: 'Apply what the journal holds, beside the processes of the application',
    fullDescription:
      'Any number may run. Ends with Ctrl-C or SIGTERM, or with --until drained when the journal is empty.',
  },
  parameters: {
    flags: {
      ...commonFlags,
      until: {
        kind: 'enum',
        values: ['stopped', 'drained'],
        default: 'stopped',
        brief: 'When to end: when it is stopped, or when what the journal holds now is applied',
      },
    },
    aliases: commonAliases,
  },
  func(flags) {
    return answer(this, flags.json, async () => {
      const entry = pickMigration(await this.loadMigrations(flags.config), flags.migration)
      const migration = entry.migration.start(entry)
      try {
        if (flags.until === 'stopped') await until(migration, this, flags.json)
        else while (!this.ending.aborted && !(await migration.drain({ timeoutMs: 1_000 })));
        const { lagMs, process } = await migration.status()
        const { rows } = process.counters
        return { data: { rows, lagMs }, text: `${count(rows)} rows applied here, ${lagText(lagMs)}` }
      } finally {
        await migration.close()
      }
    })
  },
})

async function until(migration: RunningMigration, context: Context, json: boolean): Promise<void> {
  while (!context.ending.aborted) {
    const { stage, lagMs, journal, process } = await migration.status()
    if (!json) {
      print(
        context,
        `${new Date().toISOString()} ${stage}: ${count(process.counters.rows)} rows applied here, ` +
          `${count(journal?.entries ?? 0)} wait, ${lagText(lagMs)}`,
      )
    }
    await sleep(reportMs, undefined, { signal: context.ending }).catch(() => undefined)
  }
}

function lagText(lagMs: number | null): string {
  return lagMs === null ? 'the journal does not answer' : `lag ${duration(lagMs)}`
}
