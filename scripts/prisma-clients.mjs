// Generates the Prisma clients that tests and examples use; `npm run setup` runs it. Nothing is downloaded: Prisma's query
// compiler stands in its package, and its schema engine is not needed to generate.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const providers = ['postgresql', 'mysql', 'sqlite']
/** Schemas of the tests: their models, the providers that have them, and the sides where not both are made. */
const models = {
  shop: { providers },
  conformance: { providers },
  differential: { providers, sides: ['source'] },
  'only-postgres': { providers: ['postgresql'], generator: '  previewFeatures = ["typedSql"]\n' },
  bench: { providers: ['postgresql', 'mysql'] },
  torture: { providers: ['postgresql', 'mysql'] },
  mongodb: { providers: ['mongodb'], sides: ['target'] },
  'relation-mode': { providers: ['mysql'], datasource: '  relationMode = "prisma"\n' },
}
const examples = ['examples/prisma-postgres-to-mysql/prisma']

/** The test models for one provider and side. */
function schemaFor(name, provider, side) {
  const { generator = '', datasource = '' } = models[name]
  const others = providers.filter((one) => one !== provider)
  const all = readFileSync(join(root, `test/prisma/schema/${name}.prisma`), 'utf8')
    .split('\n')
    .filter((line) => !others.some((other) => line.endsWith(`// ${other}`)))
    .join('\n')
  const body =
    side === 'source'
      ? all.replace(/[^\S\n]*@@?map\("[^"]*"\)/g, '').replace(/@@schema\("[^"]*"\)/g, '@@schema("public")')
      : all
  const schemas = [...new Set([...body.matchAll(/@@schema\(("[^"]*")\)/g)].map(([, schema]) => schema))]
  const named = provider !== 'postgresql' || schemas.length === 0 ? '' : `\n  schemas  = ["public", "shop"]`
  return `generator client {\n  provider = "prisma-client"\n  output   = "./client"\n${generator}}\n\ndatasource db {\n  provider = "${provider}"${named}\n${datasource}}\n\n${body}`
}

/** Schema files by path; those of the tests are written first. */
function schemas() {
  const wanted = Object.entries(models).flatMap(([name, { providers, sides = ['source', 'target'] }]) =>
    providers.flatMap((provider) => sides.map((side) => ({ name, provider, side }))),
  )
  const made = wanted.map(({ name, provider, side }) => {
    const folder =
      name === 'shop'
        ? `${provider}-${side}`
        : [name, ...(models[name].providers.length > 1 ? [provider] : []), side].join('-')
    const file = join(root, 'test/prisma/generated', folder, 'schema.prisma')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, schemaFor(name, provider, side))
    return file
  })
  const written = examples.flatMap((folder) =>
    ['source', 'target'].map((side) => join(root, folder, `${side}.prisma`)),
  )
  return [...made, ...written.filter((file) => existsSync(file))]
}

function generate(file) {
  // `true` stands for the schema engine, which would be downloaded; generating does not ask it for anything.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1' }
  const cli = join(root, 'node_modules/prisma/build/index.js')
  const child = spawn(process.execPath, [cli, 'generate', '--schema', file, '--no-hints'], { cwd: root, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`prisma generate ${file}:\n${output}`)),
    )
  })
}

const stampFile = join(root, 'test/prisma/generated/.stamp')

/** Does nothing for schemas whose clients are there. */
export async function prismaClients() {
  const files = schemas()
  const hash = createHash('sha256')
  for (const file of [
    join(root, 'node_modules/prisma/package.json'),
    fileURLToPath(import.meta.url),
    ...files,
  ])
    hash.update(readFileSync(file))
  const stamp = hash.digest('hex')
  const isThere = files.every((file) => existsSync(clientOf(file)))
  if (isThere && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  for (let start = 0; start < files.length; start += 2)
    await Promise.all(files.slice(start, start + 2).map(generate))
  writeFileSync(stampFile, stamp)
}

/** Where the generator of a schema puts the client. */
function clientOf(file) {
  const output = /output\s*=\s*"([^"]+)"/.exec(readFileSync(file, 'utf8'))[1]
  return join(dirname(file), output, 'client.ts')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prismaClients()
