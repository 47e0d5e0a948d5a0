// MySQL 8.4 or newer; from packages it is 9.7 of Debian unstable, run by the C library that came with it.
// ROW binlog with full images and innodb_autoinc_lock_mode=2 are its defaults.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpackedPackages } from './debian-packages.ts'
import { initFile, innodbSettings } from './innodb-settings.ts'
import {
  atLeast,
  libraryFolders,
  mayUseInstalled,
  programFolders,
  versionLine,
  type ServerProgram,
} from './server-program.ts'
import { runUnprivileged, type Command } from './unprivileged.ts'

const minimum = '8.4'

function program(
  launch: Command,
  base: string,
  line: string,
  origin: ServerProgram['origin'],
): ServerProgram | undefined {
  const version = /Ver (\d+\.\d+\.\d+)/.exec(line)?.[1]
  if (!version || /mariadb/i.test(line) || !atLeast(version, minimum)) return undefined
  const common = ['--no-defaults', `--basedir=${base}`]
  for (const [option, path] of [
    ['lc-messages-dir', 'share/mysql'],
    ['plugin-dir', 'lib/mysql/plugin'],
  ] as const) {
    if (existsSync(join(base, path))) common.push(`--${option}=${join(base, path)}`)
  }
  const command = (args: string[]): Command => ({ ...launch, args: [...launch.args, ...common, ...args] })
  return {
    version,
    origin,
    stopSignal: 'SIGTERM',
    initialize(dataFolder) {
      const args = [
        '--initialize-insecure',
        `--datadir=${dataFolder}`,
        '--skip-log-bin',
        '--innodb-redo-log-capacity=8M',
      ]
      runUnprivileged(command(args), dataFolder)
    },
    start({ folder, port, durable }) {
      return command([
        ...innodbSettings(folder, port, durable),
        `--init-file=${initFile(folder)}`,
        '--mysqlx=OFF',
        '--innodb-redo-log-capacity=256M',
        '--log-error-verbosity=2',
      ])
    },
  }
}

export function installedMysql(): ServerProgram | undefined {
  if (!mayUseInstalled()) return undefined
  for (const folder of programFolders()) {
    const file = join(folder, 'mysqld')
    const line = versionLine(file)
    const found = line && program({ file, args: [] }, dirname(folder), line, 'installed')
    if (found) return found
  }
  return undefined
}

export async function packagedMysql(): Promise<ServerProgram | undefined> {
  const root = await unpackedPackages({ packages: ['mysql-server-core'], suite: 'sid' })
  const libraries = libraryFolders(root)
  const loader = libraries
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .find((file) => /\/ld-linux[^/]*\.so\.\d+$/.test(file))
  if (!loader) throw new Error(`no program loader among the unpacked packages in ${root}`)
  const launch = {
    file: loader,
    args: ['--library-path', libraries.join(':'), join(root, 'usr/sbin/mysqld')],
  }
  const version = spawnSync(launch.file, [...launch.args, '--version'], { encoding: 'utf8', timeout: 20_000 })
  return program(launch, join(root, 'usr'), version.stdout, 'debian package')
}
