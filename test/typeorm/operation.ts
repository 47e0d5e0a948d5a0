// One thing that an app does with TypeORM: it runs on a wrapped and on a plain data source, and must answer the same.

import type { Engine } from '@twinwrite/testkit'
import type { DataSource } from 'typeorm'

export interface Operation {
  readonly title: string
  run(db: DataSource, engine: Engine): Promise<unknown>
  /** Engines of the source on which plain TypeORM can do it at all; left out: all. */
  readonly only?: readonly Engine[]
}

/** What it fails with. */
export async function failed(run: () => PromiseLike<unknown>): Promise<string> {
  try {
    await run()
    return 'no error'
  } catch (error) {
    return (error as Error).name
  }
}
