// Settings that MySQL and MariaDB share, and the account file that both read at every start.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { account } from './engine.ts'

export function innodbSettings(folder: string, port: number, durable: boolean): string[] {
  return [
    `--datadir=${join(folder, 'data')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 'data', 'server.sock')}`,
    `--pid-file=${join(folder, 'data', 'server.pid')}`,
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--secure-file-priv=',
    '--local-infile=1',
    '--server-id=1',
    '--log-bin=binlog',
    '--max-connections=300',
    '--innodb-buffer-pool-size=256M',
    // 2: a commit outlives the process, not the machine.
    `--innodb-flush-log-at-trx-commit=${durable ? 1 : 2}`,
    ...(durable ? [] : ['--innodb-doublewrite=0']),
    `--sync-binlog=${durable ? 1 : 0}`,
  ]
}

/** One statement a line, as init-file wants it. */
export function initFile(folder: string): string {
  const file = join(folder, 'accounts.sql')
  const { user, password } = account
  writeFileSync(
    file,
    `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';\n` +
      `GRANT ALL PRIVILEGES ON *.* TO '${user}'@'%' WITH GRANT OPTION;\n`,
  )
  return file
}
