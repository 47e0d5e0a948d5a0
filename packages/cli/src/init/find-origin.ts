// Finds out which ORM a project uses, and what its configuration says of tables and of where the database is.

import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { UsageError } from '../exit-code.ts'
import { prismaTables } from './prisma-tables.ts'

export const orms = ['prisma', 'knex', 'typeorm'] as const
export type Orm = (typeof orms)[number]

export interface Origin {
  readonly orm: Orm
  /** Where that was seen, from the working directory. */
  readonly file: string
  /** Null: the database must be asked. */
  readonly tables: readonly string[] | null
  /** Environment variables that the configuration reads, in their order. */
  readonly variables: readonly string[]
}

const skipped = new Set(['node_modules', 'dist', 'build', 'coverage'])
const code = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])
/** Folders below the working directory that are looked into. */
const depth = 4

/** @throws UsageError where there is none, or several and nobody says which */
export async function findOrigin(cwd: string, wanted: Orm | undefined): Promise<Origin> {
  const files = await filesOf(cwd, depth)
  const found: Origin[] = []
  for (const orm of orms) {
    const origin = wanted === undefined || wanted === orm ? await finders[orm](cwd, files) : null
    if (origin !== null) found.push(origin)
  }
  const [first] = found
  if (first === undefined)
    throw new UsageError(
      `there is no ${wanted === undefined ? 'Prisma schema, knexfile or TypeORM DataSource' : looked[wanted]} in ${cwd}`,
    )
  if (found.length > 1)
    throw new UsageError(`there are ${found.map(({ file }) => file).join(' and ')}: name one with --from`)
  return first
}

const looked: Record<Orm, string> = {
  prisma: 'Prisma schema',
  knex: 'knexfile',
  typeorm: 'file with `new DataSource(`',
}

const finders: Record<Orm, (cwd: string, files: readonly string[]) => Promise<Origin | null>> = {
  async prisma(cwd, files) {
    const schemas = files.filter((file) => extname(file) === '.prisma')
    if (schemas.length === 0) return null
    const texts = await Promise.all(schemas.map((file) => readFile(file, 'utf8')))
    const configs = files.filter((file) => /[/\\]prisma\.config\.\w+$/.test(file))
    const settings = await Promise.all(configs.map((file) => readFile(file, 'utf8')))
    const tables = prismaTables(texts.join('\n'))
    if (tables.length === 0) return null
    const variables = variablesOf([...texts, ...settings].join('\n'))
    return { orm: 'prisma', file: relative(cwd, schemas[0]!), tables, variables }
  },
  async knex(cwd, files) {
    const file = files.find((one) => /[/\\]knexfile\.(ts|mts|cts|js|mjs|cjs)$/.test(one))
    if (file === undefined) return null
    const variables = variablesOf(await readFile(file, 'utf8'))
    return { orm: 'knex', file: relative(cwd, file), tables: null, variables }
  },
  async typeorm(cwd, files) {
    for (const file of files.filter((one) => code.has(extname(one)))) {
      const text = await readFile(file, 'utf8')
      if (!/\bnew\s+DataSource\s*\(/.test(text)) continue
      return { orm: 'typeorm', file: relative(cwd, file), tables: null, variables: variablesOf(text) }
    }
    return null
  },
}

/** Nearest first. */
async function filesOf(folder: string, levels: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name))
  if (levels === 0) return files
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !skipped.has(entry.name) && !entry.name.startsWith('.'),
  )
  const below = await Promise.all(folders.map(({ name }) => filesOf(join(folder, name), levels - 1)))
  return [...files, ...below.flat()]
}

function variablesOf(text: string): string[] {
  const names = text.matchAll(/\benv\(\s*["'](\w+)["']|\bprocess\.env(?:\.(\w+)|\[\s*["'](\w+)["'])/g)
  return [...new Set([...names].map(([, call, property, index]) => (call ?? property ?? index)!))]
}
