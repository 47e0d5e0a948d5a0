import { expect, it } from 'vitest'
import { plan, summary, table } from './catalog-fixture.ts'

it('refuses two mapped tables of which one holds rows of the other, and names both (W10)', () => {
  const other = { schema: 'archive', inSchema: 'archive', name: 'low' }
  const events = table('events', [], { writableThrough: [other] })
  const low = table('low', [], { schema: 'archive', inSchema: 'archive' })
  const apart = table('low', [], { schema: 'archive', inSchema: 'archive' })
  const tables = { events: true, 'archive.low': true } as const
  const found = plan(tables, { source: [events, low], target: [table('events', []), apart] })
  expect(summary(found)).toEqual(['error TW_TABLE_TWICE -'])
  expect(found.problems[0]).toMatchObject({
    table: 'events',
    message: expect.stringMatching(/archive\.low \(source\).*holds rows of events/) as string,
  })
  expect(summary(plan({ events: true }, { source: [events], target: [table('events', [])] }))).toEqual([])
})
