import { describe, expect, test } from 'vitest'
import { mutations } from './mutations.ts'
import { runSeed } from './run-seed.ts'

// Long for a unit test: the whole protocol runs here.
const options = { timeout: 60_000 }

describe('a seed', options, () => {
  test('is a run: the same seed gives the same trace, another seed another one', async () => {
    const digests = new Set<number>()
    for (let seed = 1; seed <= 4; seed++) {
      const first = await runSeed(seed, { tracing: true })
      const again = await runSeed(seed, { tracing: true })
      const untraced = await runSeed(seed)
      expect(again.trace).toEqual(first.trace)
      expect(first.trace.length).toBeGreaterThan(100)
      expect([again.digest, untraced.digest]).toEqual([first.digest, first.digest])
      digests.add(first.digest)
    }
    expect(digests.size).toBe(4)
  })

  test('shows no violation of any invariant with the protocol as it is (W1 to W3, W5, W7, W8, W11)', async () => {
    const total: Record<string, number> = {}
    for (let seed = 1; seed <= 50; seed++) {
      const { failure, counts } = await runSeed(seed)
      expect(failure, `seed ${seed}`).toBeNull()
      for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count
    }
    // Nothing is proved by runs in which nothing happens.
    for (const name of ['commits', 'applies', 'switches', 'aborts', 'verified']) {
      expect(total[name], name).toBeGreaterThan(10)
    }
  })
})

// The long hunts run with `npm run simulate`; these are found within a few seeds.
describe('a seeded bug is found:', options, () => {
  for (const name of [
    'nofence',
    'seenafter',
    'replace',
    'blindcontroller',
    'nocounters',
    'secondaryfirst',
    'verifyjournalfirst',
  ]) {
    test(`${name}: ${mutations[name]?.about}`, async () => {
      const mutation = mutations[name]
      expect(mutation).toBeDefined()
      let failure: string | null = null
      for (let seed = 1; seed <= 400 && failure === null; seed++) {
        failure = (await runSeed(seed, { mutation: mutation ?? null })).failure
      }
      expect(failure).not.toBeNull()
    })
  }
})
