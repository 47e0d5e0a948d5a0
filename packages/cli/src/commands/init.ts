import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseEnv } from 'node:util'
import { buildCommand } from '@stricli/core'
import { listTables } from '@twinwrite/sql'
import { confirmed, yesFlag } from '../confirm.ts'
import { specOf } from '../connection-url.ts'
import type { Context } from '../context.ts'
import { exitCode, UsageError } from '../exit-code.ts'
import { configText } from '../init/config-text.ts'
import { findOrigin, type Orm, orms, type Origin } from '../init/find-origin.ts'
import { answer, commonFlags, type Outcome } from '../operation.ts'
import { counted } from '../text.ts'

interface Flags {
  readonly from?: Orm
  readonly name?: string
  readonly yes: boolean
  readonly json: boolean
}

const file = 'twinwrite.config.ts'
const usualSources = ['SOURCE_URL', 'DATABASE_URL'] as const
const target = 'TARGET_URL'

export const init = buildCommand<Flags, [], Context>({
  docs: {
    brief: 'Write twinwrite.config.ts from a Prisma schema, a knexfile or a TypeORM DataSource',
    fullDescription:
      'Tables come from the Prisma schema, else from the database whose URL stands in the environment (or in .env). Connects to nothing else and changes no database.',
  },
  parameters: {
    flags: {
      from: {
        kind: 'enum',
        values: orms,
        optional: true,
        brief: 'Which ORM (default: the one that is found)',
      },
      name: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'NAME',
        brief: 'Name of the migration (default: that of the package)',
      },
      yes: { ...yesFlag, brief: 'Overwrite without asking' },
      json: commonFlags.json,
    },
  },
  func(flags) {
    return answer(this, flags.json, () => write(this, flags))
  },
})

async function write(context: Context, { from, name, yes }: Flags): Promise<Outcome> {
  const { cwd } = context
  const place = join(cwd, file)
  const origin = await findOrigin(cwd, from)
  const env = await environment(context)
  const source = sourceVariable(origin, env)
  const tables = origin.tables ?? (await tablesThere(origin, source, env))
  const text = configText({ name: name ?? (await packageName(cwd)), tables, source, target })
  if (existsSync(place) && !(await confirmed(context, yes, `Overwrite ${file}?`)))
    return { data: { written: false }, text: 'nothing was changed', code: exitCode.failed }
  await writeFile(place, text)
  const unset = [source, target].filter((variable) => env[variable] === undefined)
  const next = unset.length > 0 ? `\nSet ${unset.join(' and ')} to the URLs of both databases.` : ''
  return {
    data: { written: true, file: place, from: origin.orm, tables, source, target },
    text: `${file}: ${counted(tables.length, 'table')} of ${origin.file}.${next}\nNext: \`twinwrite doctor\` and \`twinwrite plan\`.`,
  }
}

type Environment = Readonly<Record<string, string | undefined>>

async function environment({ cwd, process }: Context): Promise<Environment> {
  const own = join(cwd, '.env')
  return { ...(existsSync(own) ? parseEnv(await readFile(own, 'utf8')) : {}), ...process.env }
}

/** The first that holds the URL of a database we know; else the first that the ORM reads. */
function sourceVariable({ variables }: Origin, env: Environment): string {
  const asked = [...variables.filter((name) => name !== target), ...usualSources]
  const holding = asked.find((name) => specOf(env[name] ?? '') !== null)
  return holding ?? variables.find((name) => /URL|DSN/i.test(name) && name !== target) ?? usualSources[0]
}

async function tablesThere({ orm }: Origin, source: string, env: Environment): Promise<readonly string[]> {
  const spec = specOf(env[source] ?? '')
  if (spec === null)
    throw new UsageError(`set ${source} to the URL of the source database, so that its tables can be listed`)
  const own = new Set(toolTables[orm])
  const tables = (await listTables(spec)).filter((table) => !own.has(table))
  if (tables.length === 0) throw new UsageError(`the database of ${source} has no tables`)
  return tables
}

/** In which an ORM keeps its own accounts. */
const toolTables: Record<Orm, readonly string[]> = {
  prisma: ['_prisma_migrations'],
  knex: ['knex_migrations', 'knex_migrations_lock'],
  typeorm: ['migrations', 'typeorm_metadata'],
}

async function packageName(cwd: string): Promise<string> {
  const place = join(cwd, 'package.json')
  const { name } = existsSync(place) ? (JSON.parse(await readFile(place, 'utf8')) as { name?: string }) : {}
  const plain = (name ?? basename(cwd)).replace(/^@[^/]*\//, '').replace(/[^\w.-]+/g, '-')
  return plain.slice(0, 64)
}
