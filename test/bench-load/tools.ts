// What people load with today, from Debian's packages: dump pipes, mydumper, pgloader. A tool that can't be had here, or that does not speak
// to the server, is told as such and not measured.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync, existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { libraryFolders, libraryPath, type ServerConnection, unpackedPackages } from '@twinwrite/testkit'

export interface Route {
  readonly source: ServerConnection
  readonly target: ServerConnection
}

/** Runs the tool from one database to the other; rejects with what it said. */
export type Tool = (route: Route) => Promise<void>

export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

export function shell(script: string, env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', script], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`exit code ${code}: ${output.slice(-800)}`)),
    )
  })
}

/** A program of Debian unstable, run by the C library that came with it. */
export async function unstable(name: string): Promise<(program: string) => string> {
  const root = await unpackedPackages({ packages: [name], suite: 'sid' })
  const folders = libraryFolders(root)
  const loader = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .find((file) => /\/ld-linux[^/]*\.so\.\d+$/.test(file))
  if (loader === undefined) throw new Error(`no program loader in ${root}`)
  return (program) => {
    const file = join(root, 'usr/bin', program)
    if (!existsSync(file)) throw new Error(`the package ${name} has no ${program}`)
    return [loader, '--library-path', folders.join(':'), file].map(quoted).join(' ')
  }
}

export function mysqlFlags({ host, port, user, password }: ServerConnection): string {
  return `--no-defaults -h ${quoted(host)} -P ${port} -u ${quoted(user)} --password=${quoted(password)} --protocol=tcp`
}

const dumpTo = (client: string, dump: string, more: string): Tool => {
  return ({ source, target }) =>
    shell(
      `${dump} ${mysqlFlags(source)} --no-tablespaces --set-gtid-purged=OFF${more} ${quoted(source.database)} orders` +
        ` | ${client} ${mysqlFlags(target)} ${quoted(target.database)}`,
    )
}

export async function mysqldump(): Promise<Tool> {
  const program = await unstable('mysql-client-core')
  return dumpTo(program('mysql'), program('mysqldump'), '')
}

/** Into MariaDB, which knows neither how MySQL 9's client signs in nor the collation that its dumps name. */
export async function mysqldumpToMariadb(): Promise<Tool> {
  const [dump, client] = [await unstable('mysql-client-core'), await unstable('mariadb-client-core')]
  return dumpTo(client('mariadb'), dump('mysqldump'), ' --no-create-info')
}

export function pgDump(): Promise<Tool> {
  const url = ({ host, port, user, password, database }: ServerConnection): string =>
    quoted(`postgres://${user}:${password}@${host}:${port}/${database}`)
  return Promise.resolve(({ source, target }) =>
    shell(
      `psql -q -d ${url(target)} -c 'DROP TABLE orders' && pg_dump -t orders -d ${url(source)} | psql -q -v ON_ERROR_STOP=1 -d ${url(target)}`,
    ),
  )
}

export async function mydumper(): Promise<Tool> {
  const root = await unpackedPackages({ packages: ['mydumper'], suite: 'own' })
  const plugins = libraryFolders(root)
    .map((folder) => join(folder, 'libmariadb3/plugin'))
    .find((folder) => existsSync(folder))
  const env = { ...libraryPath(root), ...(plugins === undefined ? {} : { MARIADB_PLUGIN_DIR: plugins }) }
  const flags = ({ host, port, user, password, database }: ServerConnection): string =>
    `-h ${quoted(host)} -P ${port} -u ${quoted(user)} -p ${quoted(password)} -B ${quoted(database)} -t 2`
  return async ({ source, target }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-load-'))
    try {
      const from = `${join(root, 'usr/bin/mydumper')} ${flags(source)} -T orders -r 100000 -o ${quoted(folder)}`
      const to = `${join(root, 'usr/bin/myloader')} ${flags(target)} -o -d ${quoted(folder)}`
      await shell(`${from} && ${to}`, env)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

export async function pgloader(): Promise<Tool> {
  const root = await unpackedPackages({ packages: ['pgloader'], suite: 'own' })
  const url = (scheme: string, { host, port, user, password, database }: ServerConnection): string =>
    `${scheme}://${user}:${password}@${host}:${port}/${database}`
  return async ({ source, target }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-load-'))
    try {
      const file = join(folder, 'orders.load')
      writeFileSync(
        file,
        `LOAD DATABASE FROM ${url('mysql', source)} INTO ${url('postgresql', target)}
 WITH data only, include no drop, drop indexes, workers = 2, concurrency = 1, batch rows = 10000, prefetch rows = 10000
 INCLUDING ONLY TABLE NAMES MATCHING 'orders' ALTER SCHEMA '${source.database}' RENAME TO 'public';\n`,
      )
      await shell(`${join(root, 'usr/bin/pgloader')} ${quoted(file)}`, libraryPath(root))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
