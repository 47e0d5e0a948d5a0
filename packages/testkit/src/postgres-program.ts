// PostgreSQL 15 or newer with logical replication on.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { unpackedPackages } from './debian-packages.ts'
import { account } from './engine.ts'
import {
  atLeast,
  libraryPath,
  mayUseInstalled,
  programFolders,
  versionLine,
  type ServerProgram,
} from './server-program.ts'
import { runUnprivileged } from './unprivileged.ts'

const minimum = '15'

function program(
  bin: string,
  origin: ServerProgram['origin'],
  env: Record<string, string>,
): ServerProgram | undefined {
  const version = /\d+(\.\d+)?/.exec(versionLine(join(bin, 'postgres'), env) ?? '')?.[0]
  if (!version || !atLeast(version, minimum) || !existsSync(join(bin, 'initdb'))) return undefined
  return {
    version,
    origin,
    stopSignal: 'SIGINT',
    initialize(dataFolder) {
      const args = [
        '-D',
        dataFolder,
        '-U',
        account.user,
        '--auth=trust',
        '--encoding=UTF8',
        '--locale=C',
        '--no-sync',
      ]
      runUnprivileged({ file: join(bin, 'initdb'), args, env }, dataFolder)
    },
    follow(dataFolder, primary) {
      const args = ['-D', dataFolder, '-d', primary, '-R', '-X', 'stream', '--checkpoint=fast', '--no-sync']
      runUnprivileged({ file: join(bin, 'pg_basebackup'), args, env }, dataFolder)
    },
    start({ folder, port, durable }) {
      const settings = {
        listen_addresses: '127.0.0.1',
        port,
        unix_socket_directories: '',
        max_connections: 300,
        shared_buffers: '128MB',
        wal_level: 'logical',
        max_wal_senders: 20,
        max_replication_slots: 40,
        max_prepared_transactions: 20,
        max_locks_per_transaction: 256,
        fsync: durable ? 'on' : 'off',
        synchronous_commit: 'on',
        full_page_writes: durable ? 'on' : 'off',
        max_wal_size: '2GB',
        log_checkpoints: 'off',
        timezone: 'UTC',
        log_timezone: 'UTC',
        jit: 'off',
      }
      const args = ['-D', join(folder, 'data')]
      for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)
      return { file: join(bin, 'postgres'), args, env }
    },
  }
}

function debianFolders(root: string): string[] {
  const parent = join(root, 'usr/lib/postgresql')
  if (!existsSync(parent)) return []
  return readdirSync(parent).map((version) => join(parent, version, 'bin'))
}

export function installedPostgres(): ServerProgram | undefined {
  if (!mayUseInstalled()) return undefined
  for (const bin of [...debianFolders('/'), ...programFolders()]) {
    const found = program(bin, 'installed', {})
    if (found) return found
  }
  return undefined
}

export async function packagedPostgres(): Promise<ServerProgram | undefined> {
  const packages = ['postgresql-15', 'postgresql-16', 'postgresql-17', 'postgresql-18']
  const root = await unpackedPackages({ packages, suite: 'own' })
  return debianFolders(root)
    .map((bin) => program(bin, 'debian package', libraryPath(root)))
    .find((found) => found !== undefined)
}
