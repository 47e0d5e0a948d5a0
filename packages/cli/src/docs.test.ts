// Each command has a page in docs/cli, with every flag of it, and docs/cli.md leads there.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Command, RouteMap } from '@stricli/core'
import { expect, it } from 'vitest'
import { routes } from './app.ts'
import type { Context } from './context.ts'
import { commonFlags } from './operation.ts'

const folder = new URL('../../../docs/cli/', import.meta.url)
const index = readFileSync(new URL('../cli.md', folder), 'utf8')
const names = routes.getAllEntries().map(({ name }) => name.original)

function commands(target: Command<Context> | RouteMap<Context>): Command<Context>[] {
  return 'getAllEntries' in target
    ? target.getAllEntries().flatMap((entry) => commands(entry.target))
    : [target]
}

it.each(routes.getAllEntries().map((entry) => [entry.name.original, entry.target] as const))(
  'describes %s with all its flags and its JSON form',
  (name, target) => {
    const text = readFileSync(new URL(`${name}.md`, folder), 'utf8')
    for (const { parameters } of commands(target)) {
      const flags = Object.keys(parameters.flags ?? {}).filter((flag) => !(flag in commonFlags))
      for (const flag of flags) {
        const shown = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
        expect(text, flag).toMatch(new RegExp(`--(no-)?${shown}\\b`))
      }
    }
    expect(text).toContain('JSON: ')
    const headings = ['Exit codes', 'What it writes', 'Example', 'What can go wrong']
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(headings)
    for (const [, place] of text.matchAll(/\]\(([^#)]+)/g))
      expect(existsSync(new URL(place!, folder)), place).toBe(true)
  },
)

it('describes no command that there is not, and leads to each in turn', () => {
  expect(readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.md`).sort())
  expect([...index.matchAll(/\]\(cli\/([a-z]+)\.md\)/g)].map(([, name]) => name)).toEqual(names)
})
