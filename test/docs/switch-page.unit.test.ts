// docs/switch.md tells what to do about every code that a step, or the pause of a switch, can give.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorTable } from '@twinwrite/core'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Where steps are taken, and where the app's writes meet them. */
const places = [
  'core/src/switch',
  'core/src/migration',
  'core/src/write',
  'control/src',
  'core/src/stage-view.ts',
]

function codesOf(place: string): readonly string[] {
  const path = join(root, 'packages', place)
  const files = path.endsWith('.ts')
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => join(path, name))
  return files.flatMap((file) => readFileSync(file, 'utf8').match(/'TW_[A-Z_]+'/g) ?? [])
}

test('every code of the steps, the gates and the writes has its line in docs/switch.md, and no other is named', () => {
  const codes = new Set(places.flatMap(codesOf).map((code) => code.slice(1, -1)))
  expect(codes.size).toBeGreaterThan(15)
  const page = readFileSync(join(root, 'docs/switch.md'), 'utf8')
  const named = new Set(page.match(/TW_[A-Z_]+/g))
  expect([...codes].filter((code) => !named.has(code))).toEqual([])
  expect([...named].filter((code) => !(code in errorTable))).toEqual([])
})
