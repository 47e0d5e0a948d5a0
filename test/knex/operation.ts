// One thing that an app does with Knex: it runs on the wrapped and on a plain Knex, and must answer the same.

import type { Engine } from '@twinwrite/testkit'
import type { Knex } from 'knex'

export interface Operation {
  readonly title: string
  run(db: Knex, engine: Engine): Promise<unknown>
  /** Engines of the source on which plain Knex can do it at all; left out: all. */
  readonly only?: readonly Engine[]
}

export async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of stream) rows.push(row)
  return rows
}

/** The class of what it fails with. */
export async function failed(run: () => PromiseLike<unknown>): Promise<string> {
  try {
    await run()
    return 'no error'
  } catch (error) {
    return (error as Error).constructor.name
  }
}
