// One thing that an app does with Prisma: it runs on the wrapped and on a plain client, and must answer the same.

import type { Engine } from '@twinwrite/testkit'
import type { ShopClient } from '../clients.ts'

export interface Operation {
  readonly title: string
  run(prisma: ShopClient, engine: Engine): Promise<unknown>
  /** Engines whose Prisma has it at all; left out: all. */
  readonly only?: readonly Engine[]
}

/** What it fails with. */
export async function failed(run: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await run()
    return 'no error'
  } catch (error) {
    return { kind: (error as Error).constructor.name, code: (error as { code?: unknown }).code }
  }
}
