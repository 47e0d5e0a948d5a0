// The stage that a process was started with. It does not change: for a fleet whose steps are deployments.

import { type StageSource, TwinwriteError } from '@twinwrite/core'
import { saidStage } from './said-stage.ts'
import { reasonOf } from './source-failure.ts'

export interface EnvironmentStageOptions {
  /** Variable that holds the stage, or JSON with one for each migration. */
  readonly variable: string
}

/** @example environmentStage({ variable: 'SHOP_STAGE' }) */
export function environmentStage({ variable }: EnvironmentStageOptions): StageSource {
  if (variable === '') throw new TwinwriteError('TW_CONFIG_INVALID', 'environmentStage without a variable')
  const text = process.env[variable] ?? null
  return {
    name: `variable ${variable}`,
    get: async (migration) => saidStage(text, migration),
    watch: (migration, listener) => {
      try {
        listener.stage(saidStage(text, migration))
      } catch (error) {
        listener.trouble(reasonOf(error))
      }
      return async () => undefined
    },
  }
}
