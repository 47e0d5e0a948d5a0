// The packages of the workspace, by what their package.json says.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './process.mjs'

const all = readdirSync(join(root, 'packages')).map((name) => {
  const folder = join(root, 'packages', name)
  return { name, folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }
})

export const builtPackages = () => all.filter(({ manifest }) => manifest.scripts?.build)
export const publicPackages = () => all.filter(({ manifest }) => !manifest.private)
