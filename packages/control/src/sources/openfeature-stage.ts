// A flag of any OpenFeature provider, whose value is the name of a stage. It is changed where its provider keeps it.

import { type Stage, type StageSource, TwinwriteError } from '@twinwrite/core'
import { LookOut } from './look-out.ts'
import { saidStage } from './said-stage.ts'
import { sourceFailure } from './source-failure.ts'
import { within } from './within.ts'

/** The part of a client of @openfeature/server-sdk that is used. */
export interface OpenFeatureClient {
  getStringDetails(
    flag: string,
    otherwise: string,
    context: Readonly<Record<string, string>>,
  ): Promise<{ readonly value: string; readonly errorCode?: string; readonly errorMessage?: string }>
  addHandler(event: string, handler: ProviderHandler): void
  removeHandler(event: string, handler: ProviderHandler): void
}

type ProviderHandler = (details?: { readonly message?: string }) => void

export interface OpenFeatureStageOptions {
  /** `OpenFeature.getClient()` */
  readonly client: OpenFeatureClient
  /** Evaluated with the migration's name as `targetingKey` and as `migration`. */
  readonly flag: string
  /** Time (ms) between two looks, for providers that tell no changes. Default: 1000. */
  readonly pollMs?: number
  /** Longest time (ms) of an evaluation. Default: 2000. */
  readonly timeoutMs?: number
}

const changes = ['PROVIDER_READY', 'PROVIDER_CONFIGURATION_CHANGED'] as const
const trouble = 'PROVIDER_ERROR'

/** @example openFeatureStage({ client: OpenFeature.getClient(), flag: 'shop-stage' }) */
export function openFeatureStage({
  client,
  flag,
  pollMs = 1000,
  timeoutMs = 2000,
}: OpenFeatureStageOptions): StageSource {
  if (flag === '') throw new TwinwriteError('TW_CONFIG_INVALID', 'openFeatureStage without a flag')
  const get = async (migration: string): Promise<Stage | null> => {
    const context = { targetingKey: migration, migration }
    const evaluated = client.getStringDetails(flag, '', context)
    const { value, errorCode, errorMessage } = await within(timeoutMs, evaluated)
    if (errorCode === 'FLAG_NOT_FOUND') return null
    if (errorCode !== undefined) throw sourceFailure(`${errorCode}${errorMessage ? `: ${errorMessage}` : ''}`)
    return saidStage(value, migration)
  }
  return {
    name: `flag ${flag}`,
    get,
    watch: (migration, listener) => {
      const lookOut = new LookOut(listener, pollMs, () => get(migration))
      const changed: ProviderHandler = () => lookOut.look()
      const failed: ProviderHandler = (details) => lookOut.trouble(details?.message ?? 'its provider failed')
      for (const event of changes) client.addHandler(event, changed)
      client.addHandler(trouble, failed)
      lookOut.look()
      return () => {
        for (const event of changes) client.removeHandler(event, changed)
        client.removeHandler(trouble, failed)
        return lookOut.end()
      }
    },
  }
}
