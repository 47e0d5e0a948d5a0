// What the proof commands share: flags, the JSON report, the closing line.

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** Values of `--name value` flags; all are texts. Exits with code 2 on a flag that is not known. */
export function flags<Name extends string>(known: Record<Name, string>): Record<Name, string | undefined> {
  const options = Object.fromEntries(Object.keys(known).map((name) => [name, { type: 'string' as const }]))
  try {
    return parseArgs({ options, allowPositionals: false }).values as Record<Name, string | undefined>
  } catch (error) {
    console.error(`${(error as Error).message}\n\nFlags:`)
    for (const [name, text] of Object.entries(known)) console.error(`  --${name}  ${String(text)}`)
    process.exit(2)
  }
}

/** A whole number given as a flag. Exits with code 2 when it is none. */
export function wholeNumber(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`--${name} takes a whole number, not "${text}"`)
  process.exit(2)
}

/** Writes the report, prints the closing line, and sets the exit code. */
export function close(report: Tally & Readonly<Record<string, unknown>>, file: string | undefined): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped`)
  process.exitCode = report.failed > 0 ? 1 : 0
}
