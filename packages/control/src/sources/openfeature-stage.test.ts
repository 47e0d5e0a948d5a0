import { InMemoryProvider, OpenFeature } from '@openfeature/server-sdk'
import { afterAll, expect, test } from 'vitest'
import { openFeatureStage } from './openfeature-stage.ts'
import { listen, until } from './testing/heard.ts'

const flag = (stage: string) => ({
  'shop-stage': { disabled: false, variants: { now: stage, other: 'source-only' }, defaultVariant: 'now' },
})

afterAll(() => OpenFeature.close())

test('a flag is heard when its provider comes, changes and holds what is no stage', async () => {
  const client = OpenFeature.getClient('stage')
  const source = openFeatureStage({ client, flag: 'shop-stage', pollMs: 60_000 })
  const own = listen(source)
  const provider = new InMemoryProvider(flag('source-first'))
  await OpenFeature.setProviderAndWait('stage', provider)
  expect(await until(() => own.last() === 'source-first')).toBeLessThan(1000)
  expect(await source.get('shop')).toBe('source-first')
  provider.putConfiguration(flag('target-first'))
  expect(await until(() => own.last() === 'target-first')).toBeLessThan(1000)
  provider.putConfiguration(flag('sauce-first'))
  await until(() => own.troubles.at(-1)?.includes('"sauce-first"') === true)
  provider.putConfiguration({})
  await until(() => own.last() === null)
  const told = own.stages.length
  await own.end()
  provider.putConfiguration(flag('source-first'))
  expect(await source.get('shop')).toBe('source-first')
  expect(own.stages).toHaveLength(told)
})

test('a client without a provider is trouble, not a crash', async () => {
  const source = openFeatureStage({ client: OpenFeature.getClient('nobody'), flag: 'shop-stage' })
  const own = listen(source)
  await until(() => own.troubles.length > 0)
  expect(own.stages).toEqual([])
  await own.end()
})
