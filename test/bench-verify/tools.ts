// What people compare with today: `cmp` of two dumps, which only says whether they differ, and pt-table-sync, from Debian's packages. A tool
// that can't be had here is told as such and not measured.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { libraryFolders, libraryPath, type ServerConnection, unpackedPackages } from '@twinwrite/testkit'
import { mysqlFlags, quoted, type Route, shell, unstable } from '../bench-load/tools.ts'

/** @returns rows that differ; null where the tool does not count */
export type Comparison = (route: Route) => Promise<number | null>

export interface Tool {
  readonly name: string
  /** Whether it goes on behind the first difference. */
  readonly findsAll: boolean
  open(): Promise<Comparison>
}

async function cmp(left: string, right: string): Promise<null> {
  await shell(`cmp <(${left}) <(${right})`)
  return null
}

export const cmpOfCopies: Tool = {
  name: 'cmp of two COPYs',
  findsAll: false,
  open: () => {
    const copy = ({ host, port, user, password, database }: ServerConnection): string =>
      `psql -q -d ${quoted(`postgres://${user}:${password}@${host}:${port}/${database}`)}` +
      ` -c 'COPY (SELECT * FROM orders ORDER BY id) TO STDOUT'`
    return Promise.resolve(({ source, target }) => cmp(copy(source), copy(target)))
  },
}

export const cmpOfDumps: Tool = {
  name: 'cmp of two mysqldumps',
  findsAll: false,
  open: async () => {
    const program = await unstable('mysql-client-core')
    const dump = (connection: ServerConnection): string =>
      `${program('mysqldump')} ${mysqlFlags(connection)} --no-tablespaces --set-gtid-purged=OFF --compact --no-create-info` +
      ` --order-by-primary ${quoted(connection.database)} orders`
    return ({ source, target }) => cmp(dump(source), dump(target))
  },
}

export const ptTableSync: Tool = {
  name: 'pt-table-sync',
  findsAll: true,
  open: async () => {
    const root = await unpackedPackages({ packages: ['percona-toolkit'], suite: 'own' })
    const perl = libraryFolders(root)
      .map((folder) => join(folder, 'perl5'))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).map((version) => join(folder, version)))
    const plugins = libraryFolders(root).map((folder) => join(folder, 'libmariadb3/plugin'))
    const env = {
      ...libraryPath(root),
      PERL5LIB: [...perl, join(root, 'usr/share/perl5')].join(':'),
      MARIADB_PLUGIN_DIR: plugins.find((folder) => existsSync(folder)) ?? '',
    }
    const place = ({ host, port, user, password, database }: ServerConnection): string =>
      quoted(`h=${host},P=${port},u=${user},p=${password},D=${database},t=orders`)
    return async ({ source, target }) => {
      const folder = mkdtempSync(join(tmpdir(), 'bench-verify-'))
      try {
        const file = join(folder, 'statements')
        const flags = '--print --no-check-slave --no-check-triggers --chunk-size 10000'
        // It ends with 2 where it found differences.
        await shell(
          `perl ${quoted(join(root, 'usr/bin/pt-table-sync'))} ${flags} ${place(source)} ${place(target)} > ${quoted(file)} || [ $? -eq 2 ]`,
          env,
        )
        return readFileSync(file, 'utf8').match(/^(REPLACE|INSERT|DELETE|UPDATE) /gm)?.length ?? 0
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }
  },
}
