// The text of a new `twinwrite.config.ts`.

export interface ConfigText {
  readonly name: string
  readonly tables: readonly string[]
  /** Environment variables that hold the URLs. */
  readonly source: string
  readonly target: string
}

export function configText({ name, tables, source, target }: ConfigText): string {
  return `import { defineConfig } from '@twinwrite/cli'
import { defineMigration } from '@twinwrite/sql'

/** For the application, too: \`doubleWrite({ migration, ... })\`. Leave out what does not move, and say what is named differently. */
export const migration = defineMigration({
  name: ${quoted(name)},
  tables: {
${tables.map((table) => `    ${/^[A-Za-z_]\w*$/.test(table) ? table : quoted(table)}: true,`).join('\n')}
  },
})

export default defineConfig({
  migrations: [
    {
      migration,
      source: process.env[${quoted(source)}]!,
      target: process.env[${quoted(target)}]!,
    },
  ],
})
`
}

function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}
