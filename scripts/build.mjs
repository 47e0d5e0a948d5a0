// `npm run build`: every package that has a build. Types come from source, so the order does not matter.
import { join } from 'node:path'
import { builtPackages } from './packages.mjs'
import { root, run } from './process.mjs'

const tsdown = join(root, 'node_modules/.bin/tsdown')

for (const { name, folder } of builtPackages()) {
  const { ok, output, why, ms } = await run(tsdown, ['--logLevel', 'error'], { cwd: folder })
  console.log(`build ${name}: ${ok ? `${ms} ms` : why}`)
  if (ok) continue
  console.log(output)
  process.exitCode = 1
}
