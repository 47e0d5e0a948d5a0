// `npm run exports`: builds the public packages, packs them as they would be published, and asks publint and
// @arethetypeswrong/cli whether Node and TypeScript can import and require what is inside. Then the command runs out of its tarball.
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { commandFailure } from './packed-command.mjs'
import { publicPackages } from './packages.mjs'
import { root, run } from './process.mjs'

const bin = (name) => join(root, 'node_modules/.bin', name)
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const target = join(root, 'reports/packed')

async function must(what, file, args, options) {
  const { ok, output, why } = await run(file, args, options)
  if (ok) return
  console.log(`${what} ${why}\n${output}`)
  process.exitCode = 1
}

await must('build', process.execPath, [join(root, 'scripts/build.mjs')])
if (!process.exitCode) {
  const tarballs = new Map()
  for (const { name, folder, manifest } of publicPackages()) {
    const destination = join(target, name)
    rmSync(destination, { recursive: true, force: true })
    mkdirSync(destination, { recursive: true })
    const pack = ['--yes', packageManager, 'pack', '--pack-destination', destination]
    await must(`pack ${name}`, 'npx', pack, { cwd: folder })
    const [tarball] = readdirSync(destination)
    if (!tarball) continue
    const file = join(destination, tarball)
    await must(`publint ${name}`, bin('publint'), ['run', '--strict', file])
    const profile = manifest.exports['.'].require ? 'node16' : 'esm-only'
    await must(`attw ${name}`, bin('attw'), ['--profile', profile, '--no-emoji', file])
    tarballs.set(name, file)
  }
  const failure = await commandFailure(tarballs, join(root, 'reports/installed'))
  if (failure !== null) {
    console.log(`twinwrite out of its tarball: ${failure}`)
    process.exitCode = 1
  }
}
