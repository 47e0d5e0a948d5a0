import { readdirSync, readFileSync } from 'node:fs'
import { errorTable } from '@twinwrite/core'
import { expect, it } from 'vitest'
import { asCommands } from './as-commands.ts'

it.each([
  ['Look at status(), and backfill again', 'Look at `twinwrite status`, and backfill again'],
  ['Call setStage("source-first") and wait', 'Call `twinwrite stage source-first` and wait'],
  ["`setStage('source-first')` comes first", '`twinwrite stage source-first` comes first'],
  ['drain, uninstall() and install() again', 'drain, `twinwrite uninstall` and `twinwrite install` again'],
  ['the statements of install({ dryRun: true })', 'the statements of `twinwrite install --dry-run`'],
  ['(load() settles table marks)', '(`twinwrite backfill --way live` settles table marks)'],
])('says %j as %j', (api, command) => expect(asCommands(api)).toBe(command))

/** Of what an application does in its own code. */
const ofTheApplication = /perSide\(\)/g

it('leaves no call of the API in what an error or a hint says', () => {
  const texts: string[] = Object.values(errorTable).flatMap(({ cause, remedy }) => [cause, remedy])
  for (const name of ['core', 'sql', 'backfill', 'verify', 'control']) {
    const folder = new URL(`../../${name}/src/`, import.meta.url)
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || /test|testing/.test(file)) continue
      const code = readFileSync(new URL(file, folder), 'utf8')
      texts.push(...[...code.matchAll(/\bhint: (['"])(.*?)\1/g)].map(([, , hint]) => hint!))
    }
  }
  expect(texts.length).toBeGreaterThan(100)
  for (const text of texts) expect(asCommands(text).replaceAll(ofTheApplication, '')).not.toMatch(/\w\(/)
})
