// `npm run demo`: opens the shop and its second database in a temporary folder, tells the story, and says what it has
// proved. Exit code 1 when it has not.

import { twinwrite } from '@twinwrite/knex'
import knex from 'knex'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openShop } from './database.ts'
import { Ledger } from './ledger.ts'
import { fillShop } from './opening.ts'
import { type Options, readOptions } from './options.ts'
import { watchPulse } from './pulse.ts'
import { openSecondDatabase, useWriteAheadLog } from './second-database.ts'
import { createSourceSchema } from './source-schema.ts'
import { tell } from './story.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { Traffic } from './traffic.ts'
import { type Claim, claimsOf, sentence } from './verdict.ts'
import { wrapped } from './numbers.ts'
import { openView } from './view.ts'

const options = readOptions()
try {
  await demo(options)
} catch (error) {
  console.error(error)
  report({ passed: 0, failed: 1, skipped: 0 })
  // The shop may still be open.
  process.exit()
}

async function demo({
  target,
  oldOrders,
  callsPerSecond,
  sceneSeconds,
  outageSeconds,
}: Options): Promise<void> {
  const started = performance.now()
  const folder = temporaryFolder()
  const sourceFile = join(folder, 'shop.db')
  const ledger = new Ledger()
  const firstOrderAt = await openingDay(sourceFile, oldOrders, ledger)
  const { second, reason } = await openSecondDatabase(folder, target)
  const names = { source: 'SQLite', target: second.name }

  const db = openShop(sourceFile, second)
  const move = twinwrite(db)
  const traffic = new Traffic(db, ledger, callsPerSecond, firstOrderAt)
  const view = openView(process.stdout, names)
  view.say(`An order shop moves from SQLite to ${second.name} while its customers go on ordering.`)
  if (reason !== null) view.say(`(${reason}.)`)
  const pulse = watchPulse(move, traffic, (beat) => view.show(beat))
  const say = (text: string): void => view.say(text)
  const tale = await tell({ move, traffic, second, sourceFile, sceneSeconds, outageSeconds, say })
  await pulse.stop()
  view.end()
  await db.destroy()
  await second.close()

  const claims = claimsOf(tale, traffic, ledger, (performance.now() - started) / 1000)
  const failed = claims.filter(({ against }) => against.length > 0).length
  const said = failed === 0 ? sentence(tale, traffic, names) : 'Not proved: not every claim holds.'
  console.log(`\n${claims.map(claimText).join('\n')}\n\n${wrapped(said, 100)}`)
  report({
    passed: claims.length - failed,
    failed,
    skipped: second.kind === target ? 0 : 1,
    target: second.name,
    said,
  })
}

/** The shop as it was before: one SQLite file and plain Knex. @returns when its first order was placed */
async function openingDay(filename: string, oldOrders: number, ledger: Ledger): Promise<number> {
  useWriteAheadLog(filename)
  const db = knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true })
  try {
    await createSourceSchema(db)
    return await fillShop(db, oldOrders, ledger)
  } finally {
    await db.destroy()
  }
}

function claimText({ text, against }: Claim): string {
  const shown = against.slice(0, 5).map((one) => `\n    ${one}`)
  const more = against.length > shown.length ? `\n    and ${against.length - shown.length} more` : ''
  return `${against.length === 0 ? '✓' : '✗'} ${text}${shown.join('')}${more}`
}

interface Report {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly target?: string
  readonly said?: string
}

function report(result: Report): void {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
  process.exitCode = result.failed > 0 ? 1 : 0
}
