// Whether the target's schema has the source's models, fields and enums: queries below the extensions name those, so what
// differs could not be asked for on the other side, or would come back as another type.

import { invalid } from './options.ts'
import type { ClientInternals } from './prisma-internals.ts'

/** @throws TwinwriteError `TW_CONFIG_INVALID` with the differences */
export function checkModels(source: ClientInternals, target: ClientInternals): void {
  const lines = differences(facts(source), facts(target))
  if (lines.length === 0) return
  throw invalid(
    `the models of the target differ from those of the source:\n${lines.join('\n')}\n`,
    'Give models, fields and enum values of both schemas the same names and types; names in the databases may differ by @map and @@map.',
  )
}

/** What must be equal, by what it is called. */
function facts(client: ClientInternals): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [model, { fields }] of Object.entries(client.dataModel.models)) {
    found.set(model, 'model')
    for (const { name, type } of fields) {
      found.set(`${model}.${name}`, client.isList(model, name) ? `${type}[]` : type)
    }
  }
  for (const name of client.enums) {
    found.set(name, 'enum')
    for (const value of client.labels(name).keys()) found.set(`${name}.${value}`, 'value')
  }
  return found
}

function differences(source: ReadonlyMap<string, string>, target: ReadonlyMap<string, string>): string[] {
  const missing = [...source].flatMap(([name, what]) => (target.has(name) ? [] : [`- ${name} (${what})`]))
  const extra = [...target].flatMap(([name, what]) => (source.has(name) ? [] : [`+ ${name} (${what})`]))
  const other = [...source].flatMap(([name, what]) => {
    const there = target.get(name)
    return there === undefined || there === what
      ? []
      : [`! ${name} (${what} on the source, ${there} on the target)`]
  })
  return [...missing, ...extra, ...other]
}
