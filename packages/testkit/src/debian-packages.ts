// Server programs out of Debian packages, without root and without touching the system: a private apt
// configuration downloads into a folder of ours and `dpkg -x` unpacks. No service is started, nothing is installed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './exclusive-lock.ts'
import { cacheFolder } from './server-home.ts'

export interface PackageRequest {
  /** Alternatives, best first: the first that the suite knows is taken. */
  packages: readonly string[]
  /**
   * `own`: the machine's release, completed by the libraries that it already has.
   * `sid`: Debian unstable with every library, down to the C library: its programs run by their own loader.
   */
  suite: 'own' | 'sid'
}

function run(file: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { ...process.env, LC_ALL: 'C', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let failure = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (failure += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else
        reject(
          new Error(
            `${file} ${args.join(' ')} failed with exit code ${code}\n${(output + failure).slice(-2000)}`,
          ),
        )
    })
  })
}

/** A mirror that this machine already uses for Debian's main archive, and its archive keys. */
async function unstableSource(): Promise<string> {
  const targets = await run('apt-get', [
    'indextargets',
    '--format',
    '$(SITE) $(RELEASE)',
    'Created-By: Packages',
  ])
  const release = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  const site = targets
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, suite]) => suite === release)?.[0]
  if (!site) throw new Error('apt knows no mirror of a Debian release here')
  const keyring = ['gpg', 'pgp']
    .map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`)
    .find((file) => existsSync(file))
  return `deb ${keyring ? `[signed-by=${keyring}] ` : ''}${site} sid main\n`
}

async function configure(folder: string, suite: PackageRequest['suite']): Promise<string> {
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, part), { recursive: true })
  const lines = [
    `Dir::State "${folder}/state";`,
    `Dir::Cache "${folder}/cache";`,
    'Debug::NoLocking "true";',
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    'Acquire::http::Timeout "60";',
    'Acquire::https::Timeout "60";',
  ]
  if (suite === 'own') {
    lines.push('Dir::State::status "/var/lib/dpkg/status";')
  } else {
    writeFileSync(join(folder, 'sources.list'), await unstableSource())
    writeFileSync(join(folder, 'status'), '')
    lines.push(
      `Dir::State::status "${folder}/status";`,
      `Dir::Etc::sourcelist "${folder}/sources.list";`,
      'Dir::Etc::sourceparts "/dev/null";',
      'Dir::Etc::preferences "/dev/null";',
      'Dir::Etc::preferencesparts "/dev/null";',
    )
  }
  const file = join(folder, 'apt.conf')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

async function download(folder: string, request: PackageRequest): Promise<void> {
  const env = { APT_CONFIG: await configure(folder, request.suite), DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update'], env)
  const known = await run('apt-cache', ['pkgnames'], env)
  const names = new Set(known.split('\n'))
  const name = request.packages.find((candidate) => names.has(candidate))
  if (!name) throw new Error(`none of the packages ${request.packages.join(', ')} is known to apt here`)
  // --reinstall: a package that is half there on the system is wanted in our folder all the same.
  await run('apt-get', ['install', '--yes', '--reinstall', '--download-only', name], env)
  const archives = join(folder, 'cache/archives')
  for (const deb of readdirSync(archives).filter((file) => file.endsWith('.deb'))) {
    await run('dpkg', ['-x', join(archives, deb), join(folder, 'root')])
  }
  for (const leftover of ['cache', 'state']) rmSync(join(folder, leftover), { recursive: true, force: true })
}

export const hasApt = () => ['/usr/bin/apt-get', '/usr/bin/dpkg'].every((file) => existsSync(file))

/** Folder with the unpacked files of a package and of what it needs; downloaded once per machine and release. */
export async function unpackedPackages(request: PackageRequest): Promise<string> {
  const release = /^VERSION_ID="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown'
  const key = [request.packages[0], request.suite === 'sid' ? 'sid' : release, process.arch].join('-')
  const parent = join(cacheFolder(), 'packages')
  const folder = join(parent, key)
  return withLock(join(parent, `${key}.lock`), async () => {
    if (existsSync(folder)) return join(folder, 'root')
    const partial = `${folder}.partial`
    rmSync(partial, { recursive: true, force: true })
    await download(partial, request)
    renameSync(partial, folder)
    return join(folder, 'root')
  })
}
