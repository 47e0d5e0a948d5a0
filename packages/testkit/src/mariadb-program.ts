// MariaDB 10.11 or newer with row binlog on.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unpackedPackages } from './debian-packages.ts'
import { initFile, innodbSettings } from './innodb-settings.ts'
import {
  atLeast,
  libraryPath,
  mayUseInstalled,
  programFolders,
  versionLine,
  type ServerProgram,
} from './server-program.ts'
import { runUnprivileged } from './unprivileged.ts'

const minimum = '10.11'

/** What mariadb-install-db feeds to the server, in its order, without the help texts. */
const bootstrapScripts = [
  'mysql_system_tables.sql',
  'mysql_performance_tables.sql',
  'mysql_system_tables_data.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mysql_sys_schema.sql',
].map((name) => [name, name.replace('mysql_', 'mariadb_')] as const)

function program(
  file: string,
  base: string,
  origin: ServerProgram['origin'],
  env: Record<string, string>,
): ServerProgram | undefined {
  const line = versionLine(file, env) ?? ''
  const version = /Ver (\d+\.\d+\.\d+)-MariaDB/.exec(line)?.[1]
  const share = ['share/mysql', 'share/mariadb']
    .map((path) => join(base, path))
    .find((folder) => bootstrapScripts.some((names) => names.some((name) => existsSync(join(folder, name)))))
  if (!version || !share || !atLeast(version, minimum)) return undefined
  const common = ['--no-defaults', `--basedir=${base}`, `--lc-messages-dir=${share}`]
  return {
    version,
    origin,
    stopSignal: 'SIGTERM',
    initialize(dataFolder) {
      const scripts = bootstrapScripts.map((names) => {
        const script = names.map((name) => join(share, name)).find((path) => existsSync(path))
        if (!script) throw new Error(`MariaDB's ${names[0]} is missing in ${share}`)
        return readFileSync(script, 'utf8')
      })
      const input = ['CREATE DATABASE mysql;', 'USE mysql;', 'SET @auth_root_socket=NULL;', ...scripts].join(
        '\n',
      )
      const args = [
        ...common,
        '--bootstrap',
        `--datadir=${dataFolder}`,
        '--max-allowed-packet=8M',
        '--net-buffer-length=16K',
      ]
      args.push('--innodb-log-file-size=8M')
      runUnprivileged({ file, args, env }, dataFolder, input)
    },
    start({ folder, port, durable }) {
      const args = [
        ...common,
        ...innodbSettings(folder, port, durable),
        `--init-file=${initFile(folder)}`,
        '--binlog-format=ROW',
        '--binlog-row-image=FULL',
        '--innodb-autoinc-lock-mode=2',
      ]
      return { file, args, env }
    },
  }
}

export function installedMariadb(): ServerProgram | undefined {
  if (!mayUseInstalled()) return undefined
  for (const folder of programFolders()) {
    const found = program(join(folder, 'mariadbd'), dirname(folder), 'installed', {})
    if (found) return found
  }
  return undefined
}

export async function packagedMariadb(): Promise<ServerProgram | undefined> {
  const root = await unpackedPackages({ packages: ['mariadb-server-core'], suite: 'own' })
  return program(join(root, 'usr/sbin/mariadbd'), join(root, 'usr'), 'debian package', libraryPath(root))
}
