// Every construct of the capture matrix (facts: section 4) on every engine: same answer, same tables, exact keys, and no more
// statements of ours than the matrix says.

import type { Engine } from '@twinwrite/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, runCase } from './case.ts'
import { familyCases } from './family-cases.ts'
import { generatedCases } from './generated-cases.ts'
import { itemCases } from './item-cases.ts'
import { keyCases } from './key-cases.ts'
import { familyTables, generatedTables, itemTables, itemTablesMapped, keyTables } from './schemas.ts'
import { type Twin, twin } from './twin.ts'

const engines: readonly Engine[] = ['postgres', 'sqlite', 'mysql', 'mariadb']

const groups: readonly {
  readonly name: string
  readonly tables: (engine: Engine) => string[]
  readonly mapped?: readonly string[]
  readonly cases: readonly Case[]
  readonly only?: readonly Engine[]
}[] = [
  { name: 'items', tables: itemTables, mapped: itemTablesMapped, cases: itemCases },
  { name: 'foreign keys', tables: familyTables, cases: familyCases },
  { name: 'key types', tables: keyTables, cases: keyCases },
  {
    name: 'generated, ignored, evicted',
    tables: generatedTables,
    cases: generatedCases,
    only: ['mysql', 'mariadb'],
  },
]

describe.each(engines)('capture on %s (W1, W4, W10)', (engine) => {
  const own = groups.filter(({ only }) => only?.includes(engine) ?? true)
  describe.each(own)('$name', ({ tables, mapped, cases }) => {
    let pair: Twin
    beforeAll(async () => {
      pair = await twin(engine, tables(engine), { mapped })
    })
    afterAll(() => pair.end())

    it.each(cases.filter(({ extra }) => extra[engine] !== undefined))('$title', async (one) => {
      expect(await runCase(pair, one), 'statements of ours').toBe(one.extra[engine])
    })
  })
})
