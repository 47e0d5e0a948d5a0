// `twinwrite.config.ts`: which migrations there are, how both sides of each are reached, and what holds for its backfill and verification.

import type { GateLimits } from '@twinwrite/control'
import { type ConnectionSpec, type MigrationDefinition, TwinwriteError } from '@twinwrite/core'
import { z } from 'zod'
import {
  type BackfillSettings,
  backfillSettings,
  gateSettings,
  namedTables,
  type ResolvedBackfillSettings,
  type ResolvedVerifySettings,
  type VerifySettings,
  verifySettings,
} from './settings.ts'
import { type SideConfig, side } from './side-config.ts'

export interface MigrationEntry {
  /** What `defineMigration` of @twinwrite/sql gave: the same object that the application uses. */
  readonly migration: MigrationDefinition
  readonly source: SideConfig
  readonly target: SideConfig
  readonly backfill?: BackfillSettings
  readonly verify?: VerifySettings
  /** How strict the gates before a step are. */
  readonly gates?: GateLimits
}

export interface TwinwriteConfig {
  readonly migrations: readonly MigrationEntry[]
}

/** A migration with both sides as the drivers take them. */
export interface ResolvedEntry {
  readonly migration: MigrationDefinition
  readonly source: ConnectionSpec
  readonly target: ConnectionSpec
  readonly backfill: ResolvedBackfillSettings
  readonly verify: ResolvedVerifySettings
  readonly gates: GateLimits
}

/**
 * For the default export of `twinwrite.config.ts`.
 * @example
 * export default defineConfig({
 *   migrations: [
 *     {
 *       migration: shop,
 *       source: process.env.SOURCE_URL!,
 *       target: process.env.TARGET_URL!,
 *       backfill: { where: { orders: "placed_at > '2020-01-01'" } },
 *       verify: { mask: ['customers.email'], updatedAt: 'updated_at' },
 *     },
 *   ],
 * })
 */
export function defineConfig(config: TwinwriteConfig): TwinwriteConfig {
  return config
}

const definitionForm = 'what defineMigration() of @twinwrite/sql gives'
const entriesForm = 'an array with at least one { migration, source, target }'

const entry = z
  .strictObject(
    {
      migration: z.custom<MigrationDefinition>(isDefinition, { error: definitionForm }),
      source: side,
      target: side,
      backfill: backfillSettings.default({}),
      verify: verifySettings.default({}),
      gates: gateSettings.default({}),
    },
    { error: 'an object { migration, source, target, backfill, verify, gates }' },
  )
  .superRefine(({ migration, backfill, verify }, context) => {
    const { tables } = migration.migration
    for (const { path, table } of namedTables(backfill, verify)) {
      if (tables.has(table)) continue
      const known = [...tables.keys()].join(', ')
      context.addIssue({ code: 'custom', path, message: `the name of a mapping (${known})` })
    }
  })

const configSchema = z.strictObject(
  { migrations: z.array(entry, { error: entriesForm }).min(1, { error: entriesForm }) },
  { error: 'an object { migrations }' },
)

/** @throws TwinwriteError `TW_CONFIG_INVALID` that names every wrong option by its path; never shows what was given (secrets) */
export function parseConfig(config: unknown, file: string): readonly ResolvedEntry[] {
  const parsed = configSchema.safeParse(config)
  if (parsed.success) return parsed.data.migrations
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const place = path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .replace(/^\./, '')
    return `${place === '' ? 'the default export' : place}: expected ${message}`
  })
  throw new TwinwriteError('TW_CONFIG_INVALID', `${file}: ${wrong.join('; ')}`)
}

/** @throws TwinwriteError `TW_CONFIG_INVALID` where the name does not pick one migration */
export function pickMigration(entries: readonly ResolvedEntry[], name: string | undefined): ResolvedEntry {
  const names = entries.map(({ migration }) => migration.migration.name).join(', ')
  const [only] = entries
  if (name === undefined && entries.length === 1 && only !== undefined) return only
  if (name === undefined) {
    throw new TwinwriteError('TW_CONFIG_INVALID', `there are several migrations: ${names}`, {
      hint: 'Name one with --migration.',
    })
  }
  const found = entries.find(({ migration }) => migration.migration.name === name)
  if (found !== undefined) return found
  throw new TwinwriteError('TW_CONFIG_INVALID', `no migration is named ${JSON.stringify(name)}`, {
    hint: `There are: ${names}.`,
  })
}

function isDefinition(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'operate' in given && 'migration' in given
}
