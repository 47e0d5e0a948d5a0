// `twinwrite.config.ts`: which migrations there are and how both sides of each are reached.

import { type ConnectionSpec, type MigrationDefinition, TwinwriteError } from '@twinwrite/core'
import { z } from 'zod'
import { specOf } from './connection-url.ts'

/** A URL (`postgres:`, `mysql:`, `mariadb:`, `sqlite:` or `file:`), or the engine with its driver's own settings. */
export type SideConfig = string | ConnectionSpec

export interface MigrationEntry {
  /** What `defineMigration` of @twinwrite/sql gave: the same object that the application uses. */
  readonly migration: MigrationDefinition
  readonly source: SideConfig
  readonly target: SideConfig
}

export interface TwinwriteConfig {
  readonly migrations: readonly MigrationEntry[]
}

/** A migration with both sides as the drivers take them. */
export interface ResolvedEntry {
  readonly migration: MigrationDefinition
  readonly source: ConnectionSpec
  readonly target: ConnectionSpec
}

/**
 * For the default export of `twinwrite.config.ts`.
 * @example
 * export default defineConfig({
 *   migrations: [{ migration: shop, source: process.env.SOURCE_URL!, target: process.env.TARGET_URL! }],
 * })
 */
export function defineConfig(config: TwinwriteConfig): TwinwriteConfig {
  return config
}

const engines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const
const sideForm = 'a URL (postgres:, mysql:, mariadb:, sqlite:, file:) or { engine, connection }'
const definitionForm = 'what defineMigration() of @twinwrite/sql gives'
const entriesForm = 'an array with at least one { migration, source, target }'

const side = z
  .union(
    [
      z.string().min(1),
      z.strictObject({ engine: z.enum(engines), connection: z.unknown().refine((given) => given != null) }),
    ],
    { error: sideForm },
  )
  .transform((given, context): ConnectionSpec => {
    if (typeof given !== 'string') return given
    const spec = specOf(given)
    if (spec === null) context.addIssue({ code: 'custom', message: sideForm })
    return spec ?? z.NEVER
  })

const configSchema = z.strictObject(
  {
    migrations: z
      .array(
        z.strictObject(
          {
            migration: z.custom<MigrationDefinition>(isDefinition, { error: definitionForm }),
            source: side,
            target: side,
          },
          { error: 'an object { migration, source, target }' },
        ),
        { error: entriesForm },
      )
      .min(1, { error: entriesForm }),
  },
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
