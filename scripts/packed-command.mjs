// The command `twinwrite` as a user has it: our packages out of their tarballs, and beside them what these depend on.
import { mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { publicPackages } from './packages.mjs'
import { run } from './process.mjs'

const config = `import { defineConfig } from '@twinwrite/cli'
import { defineMigration } from '@twinwrite/sql'

const migration = defineMigration({ name: 'packed', tables: { items: true }, beatMs: 200, leaseMs: 500 })
const place: string = import.meta.dirname ?? '.'
export default defineConfig({
  migrations: [{ migration, source: \`file:\${place}/source.db\`, target: \`file:\${place}/target.db\` }],
})
`

const tables = `for (const side of ['source', 'target'])
  require('better-sqlite3')(side + '.db').exec('CREATE TABLE items (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)')`

const short = ['--outage', '0', '--no-kills', '--rest', '0.1', '--processes', '1', '--rate', '20']

/** @param tarballs file by package @returns what went wrong; null when nothing did */
export async function commandFailure(tarballs, folder) {
  const modules = join(folder, 'node_modules')
  rmSync(folder, { recursive: true, force: true })
  for (const { name, folder: own, manifest } of publicPackages()) {
    const place = join(modules, manifest.name)
    mkdirSync(place, { recursive: true })
    const unpacked = await run('tar', ['-xzf', tarballs.get(name), '-C', place, '--strip-components=1'])
    if (!unpacked.ok) return unpacked.output
    const others = { ...manifest.dependencies, ...manifest.devDependencies }
    for (const other of Object.keys(others)) if (!other.startsWith('@twinwrite/')) link(own, modules, other)
  }
  writeFileSync(join(folder, 'twinwrite.config.ts'), config)
  const cli = join(modules, '@twinwrite/cli')
  const { bin, version } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8'))
  const twinwrite = (...inputs) =>
    run(process.execPath, [join(cli, bin.twinwrite), ...inputs], { cwd: folder })
  const asked = await twinwrite('--version')
  if (!asked.ok || asked.output.trim() !== version) return `--version: ${asked.output}`
  const status = await twinwrite('status', '--json')
  if (!status.ok || JSON.parse(status.stdout).migration !== 'packed') return `status: ${status.output}`
  const made = await run(process.execPath, ['-e', tables], { cwd: folder })
  if (!made.ok) return `tables: ${made.output}`
  // Its processes are files of their own.
  const rehearsed = await twinwrite('rehearse', '--json', ...short)
  if (!rehearsed.ok || JSON.parse(rehearsed.stdout).verdict !== 'passed')
    return `rehearse: ${rehearsed.output}`
  return null
}

function link(own, modules, name) {
  const place = join(modules, name)
  mkdirSync(dirname(place), { recursive: true })
  rmSync(place, { force: true })
  symlinkSync(realpathSync(join(own, 'node_modules', name)), place)
}
