// docs/cli.md has a section for each command, with every flag of it.

import { readFileSync } from 'node:fs'
import type { Command, RouteMap } from '@stricli/core'
import { expect, it } from 'vitest'
import { routes } from './app.ts'
import type { Context } from './context.ts'
import { commonFlags } from './operation.ts'

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')

function section(command: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(`${command}\n`)) ?? ''
}

function commands(target: Command<Context> | RouteMap<Context>): Command<Context>[] {
  return 'getAllEntries' in target
    ? target.getAllEntries().flatMap((entry) => commands(entry.target))
    : [target]
}

it.each(routes.getAllEntries().map((entry) => [entry.name.original, entry.target] as const))(
  'describes %s with all its flags and its JSON form',
  (name, target) => {
    const text = section(name)
    for (const { parameters } of commands(target)) {
      const flags = Object.keys(parameters.flags ?? {}).filter((flag) => !(flag in commonFlags))
      for (const flag of flags) {
        const shown = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
        expect(text, flag).toMatch(new RegExp(`--(no-)?${shown}\\b`))
      }
    }
    expect(text).toContain('JSON: ')
  },
)

it('describes no command that there is not', () => {
  const sections = [...page.matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name)
  expect(sections).toEqual(routes.getAllEntries().map(({ name }) => name.original))
})
