// `transaction(...)` of the app's manager. A BEGIN that is refused because the stage moved is begun again on the other side,
// before the app's callback has run. Upholds W1, W8.

import { isMoved, mostMoves } from '@twinwrite/core'
import type { EntityManager } from 'typeorm'
import { appClasses } from './app-classes.ts'
import type { Running } from './running.ts'

type Work = (manager: EntityManager) => Promise<unknown>

export function routeTransactions(manager: EntityManager, running: Running): void {
  const { transaction } = appClasses(running.dataSource).EntityManager.prototype
  const routed = async (...given: readonly unknown[]): Promise<unknown> => {
    for (let moves = 0; ; moves++) {
      let ran = false
      const watched = given.map((one) =>
        typeof one === 'function'
          ? (inner: EntityManager) => {
              ran = true
              return (one as Work)(inner)
            }
          : one,
      )
      try {
        return await (transaction as (...given: unknown[]) => Promise<unknown>).apply(manager, watched)
      } catch (error) {
        if (ran || !isMoved(error) || moves >= mostMoves) throw error
        await running.migration.movedFrom('source')
      }
    }
  }
  Object.assign(manager, { transaction: routed })
}
