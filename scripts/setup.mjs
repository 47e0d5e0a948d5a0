// Installs what the repository needs, with nothing but Node and npm on the machine: `npm run setup`.
// Does nothing when the lockfile, the Node version and the Prisma schemas are those of the last run.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules', '.setup-stamp')
const compilers = ['python3', 'make', 'g++']

function stamp() {
  const hash = createHash('sha256').update(process.version)
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // better-sqlite3 compiles where no prebuilt binary can be fetched: with Node's own headers, where they are installed.
  const prefix = dirname(dirname(process.execPath))
  const headers = existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {}
  const args = ['--yes', packageManager, 'install', '--frozen-lockfile', '--config.confirmModulesPurge=false']
  const env = { npm_config_loglevel: 'error', ...headers, ...process.env }
  return spawnSync('npx', args, { cwd: root, stdio: 'inherit', env }).status === 0
}

function has(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, program)))
}

/** True where compilers were missing and could be installed, so that a second attempt makes sense. */
function installCompilers() {
  const missing = compilers.filter((program) => !has(program))
  if (missing.length === 0) return false
  console.error(`\nsetup: better-sqlite3 may have to be compiled, and ${missing.join(', ')} is missing here`)
  if (process.getuid?.() !== 0 || !has('apt-get')) return false
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) => {
    const result = spawnSync('apt-get', args, { env, encoding: 'utf8' })
    if (result.status !== 0) console.error(`${result.stdout}\n${result.stderr}`)
    return result.status === 0
  }
  console.error('setup: installing them and trying again')
  return apt('update') && apt('install', '--yes', '--no-install-recommends', ...missing)
}

/** Throws where the installation fails. */
export function setup() {
  const wanted = stamp()
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== wanted) {
    if (!install() && !(installCompilers() && install()))
      throw new Error('setup: the installation failed; see above')
    writeFileSync(stampFile, wanted)
  }
  const clients = join(root, 'scripts/prisma-clients.mjs')
  if (spawnSync(process.execPath, [clients], { cwd: root, stdio: 'inherit' }).status !== 0)
    throw new Error('setup: the Prisma clients could not be generated; see above')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setup()
