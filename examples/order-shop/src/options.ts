// The demo's flags.

import { parseArgs } from 'node:util'

export interface Options {
  /** Where the shop moves to. */
  readonly target: 'postgres' | 'sqlite'
  /** File for the report. */
  readonly json: string | undefined
  /** How long each scene of the story lasts, and the breakdown. */
  readonly sceneSeconds: number
  readonly outageSeconds: number
  readonly callsPerSecond: number
  /** Orders that are there before the story begins. */
  readonly oldOrders: number
}

/** Ends the process with code 2 at a flag that is not known. */
export function readOptions(): Options {
  try {
    return parsed()
  } catch (error) {
    console.error(`${(error as Error).message}\nFlags: --quick, --target postgres|sqlite, --json FILE`)
    process.exit(2)
  }
}

function parsed(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      target: { type: 'string', default: 'postgres' },
      json: { type: 'string' },
    },
  })
  const { quick, target, json } = values
  if (target !== 'postgres' && target !== 'sqlite') throw new Error('--target takes postgres or sqlite')
  const pace = quick
    ? { sceneSeconds: 1, outageSeconds: 3, oldOrders: 500 }
    : { sceneSeconds: 3, outageSeconds: 6, oldOrders: 3000 }
  return { ...pace, target, json, callsPerSecond: 80 }
}
