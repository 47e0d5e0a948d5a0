// Ranges compared on real servers: every two values of every type, rows on one side only, key twins. What is told may be too much, as
// long as it is little; it must never be too little (W11).

import type { DirectedTable, KeyRange, SideTable } from '@twinwrite/core'
import { describe, expect, it } from 'vitest'
import { openRows } from '../engines.ts'
import { applyWrites, readRows, upsertsOf } from '../testing/apply.ts'
import { cleanUp, first, type TestSide, testSide } from '../testing/test-side.ts'
import { travelling } from '../testing/travelling-values.ts'
import { declared, typeStatements, valueCases } from '../testing/value-cases.ts'

const all: KeyRange = { after: null, upTo: null }
const enough = { rows: 10_000, most: 10_000 }

function rowsOf(side: TestSide, table: SideTable) {
  const { engine, connection, naming } = side
  const rows = openRows({ engine, connection, naming, side: 'target', sessions: 2 }, false)
  cleanUp(() => rows.close())
  rows.use(new Map([[table.mapping, table]]))
  return rows
}

function comparison(left: TestSide, from: SideTable, right: TestSide, to: SideTable) {
  const [source, target] = [rowsOf(left, from), rowsOf(right, to)]
  const count = from.columns.length
  const asIs = (row: readonly (string | null)[]) => row
  const table: DirectedTable = {
    from,
    to,
    convert: asIs,
    back: asIs,
    telling: { from: count, to: count },
    carriesTexts: true,
    comparesTexts: true,
  }
  return async (range = all, { rows, most } = enough): Promise<readonly string[] | null> => {
    const found = await source.differing(target, table, range, rows, most)
    expect(found).not.toBeNull()
    return found!.keys === null ? null : [...found!.keys].sort((a, b) => Number(a) - Number(b))
  }
}

async function insert(side: TestSide, table: string, rows: readonly string[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 100)
    await side.app.run(`INSERT INTO ${table} VALUES ${rows.slice(start, start + 100).join(', ')}`)
}

describe.each(['postgres', 'mysql', 'mariadb'] as const)('two tables of %s', (engine) => {
  it.each([
    ['most rows equal', 3],
    ['most rows different', 0],
  ])('every two values of a type are told apart, and one from NULL; %s', async (_, fillers) => {
    const side = await testSide(engine)
    const cases = valueCases[engine]
    for (const statement of typeStatements[engine] ?? []) await side.app.run(statement)
    const columns = cases.map(({ type }, index) => `c${index} ${declared(type)}`).join(', ')
    for (const name of ['origin', 'copy'])
      await side.app.run(`CREATE TABLE ${name} (id int PRIMARY KEY, ${columns})`)
    const [origin, copy] = await side.use('origin', 'copy')

    const [there, here]: [string[], string[]] = [[], []]
    const [different, equal]: [string[], string[]] = [[], []]
    const add = (column: number, left: string, right: string): string => {
      const id = String(there.length + 1)
      const row = (literal: string): string =>
        `(${[id, ...cases.map((__, index) => (index === column ? literal : 'NULL'))].join(', ')})`
      there.push(row(left))
      here.push(row(right))
      return id
    }
    for (const [column, { values, keepsSpelling }] of cases.entries()) {
      for (const [index, [literal, text]] of values.entries()) {
        different.push(add(column, literal, 'NULL'), add(column, 'NULL', literal))
        for (const [other, otherText] of values.slice(index + 1))
          if (otherText !== text) different.push(add(column, literal, other))
        if (keepsSpelling !== true) equal.push(add(column, literal, literal))
      }
    }
    for (let more = fillers * different.length; more > 0; more--) equal.push(add(-1, 'NULL', 'NULL'))
    await Promise.all([insert(side, 'origin', there), insert(side, 'copy', here)])

    const found = new Set(await comparison(side, origin!, side, { ...copy!, mapping: 'origin' })())
    expect(different.filter((id) => !found.has(id))).toEqual([])
    expect(equal.filter((id) => found.has(id))).toEqual([])
  })

  it('rows on one side only are told, at both ends of a range and in it, and twins of texts', async () => {
    const side = await testSide(engine)
    const bytes = { postgres: '"C"', mysql: 'utf8mb4_0900_bin', mariadb: 'utf8mb4_nopad_bin' }[engine]
    for (const name of ['origin', 'copy'])
      await side.app.run(
        `CREATE TABLE ${name} (code varchar(20) COLLATE ${bytes} NOT NULL PRIMARY KEY, note varchar(20))`,
      )
    const [origin, copy] = await side.use('origin', 'copy')
    expect(origin!.key[0]!.textOrder).toBe('bytes')
    const differing = comparison(side, origin!, side, { ...copy!, mapping: 'origin' })
    expect(await differing()).toEqual([])
    const row = (code: string, note = 'same'): string => `('${code}', ${note === '' ? `''` : `'${note}'`})`
    await insert(
      side,
      'origin',
      ['A', 'B', 'a', 'b', 'b\t', 'z', 'ä'].map((code) => row(code)),
    )
    await insert(side, 'copy', [
      ...['a', 'a ', 'b', 'z', 'ä'].map((code) => row(code)),
      `('c', NULL)`,
      row('b\t', ''),
    ])
    const range = (after: string | null, upTo: string | null): KeyRange => ({ after, upTo })
    const sorted = async (within = all): Promise<readonly string[]> => [...(await differing(within))!].sort()
    expect(await sorted()).toEqual(['A', 'B', 'a ', 'b\t', 'c'])
    expect(await sorted(range('a', 'b\t'))).toEqual(['a ', 'b\t'])
    expect(await sorted(range('b\t', 'z'))).toEqual(['c'])
    expect(await sorted(range('z', null))).toEqual([])
    await side.app.run(`UPDATE copy SET note = NULL WHERE code = 'ä'`)
    expect(await sorted(range('z', null))).toEqual(['ä'])
  })

  it('more differences than are wanted, or more rows than are read, are told as such', async () => {
    const side = await testSide(engine)
    for (const name of ['origin', 'copy'])
      await side.app.run(`CREATE TABLE ${name} (id int PRIMARY KEY, note varchar(20))`)
    const [origin, copy] = await side.use('origin', 'copy')
    const rows = (note: string): string[] => Array.from({ length: 60 }, (_, id) => `(${id}, '${note}')`)
    await insert(side, 'origin', rows('a'))
    await insert(side, 'copy', rows('b'))
    const differing = comparison(side, origin!, side, { ...copy!, mapping: 'origin' })
    expect(await differing(all, { rows: 60, most: 59 })).toBeNull()
    expect(await differing(all, { rows: 60, most: 60 })).toHaveLength(60)
    await side.app.run('DELETE FROM origin')
    expect(await differing(all, { rows: 10, most: 20 })).toBeNull()
    expect(await differing(all, { rows: 60, most: 60 })).toHaveLength(60)
  })
})

/** Kinds that two engines may write in two ways. */
const oftenDiffer: ReadonlySet<string> = new Set(['float32', 'float64', 'json'])

describe.each([
  ['mysql', 'postgres'],
  ['postgres', 'mariadb'],
  ['mysql', 'mariadb'],
] as const)('%s and %s', (left, right) => {
  it('write equal values alike, and tell every two values apart', async () => {
    const [source, target] = await Promise.all([testSide(left), testSide(right)])
    // MariaDB's type of UUIDs is another kind than a text.
    const kinds = travelling.filter(({ kind }) => kind !== 'uuid')
    const open = async (side: TestSide): Promise<SideTable> => {
      const columns = kinds.map(({ types }, index) => `c${index} ${types[side.engine]}`)
      await side.app.run(`CREATE TABLE item (id int PRIMARY KEY, ${columns.join(', ')})`)
      await side.store.install({ ...first, role: 'secondary' })
      return (await side.use('item'))[0]!
    }
    const [from, to] = await Promise.all([open(source), open(target)])
    const cells = kinds.flatMap(({ texts }, column) => texts.map((text, index) => ({ column, text, index })))
    const row = (id: number, column: number, text: string | null): (string | null)[] => [
      String(id),
      ...kinds.map((_, at) => (at === column ? text : null)),
    ]
    const equal = cells.map(({ column, text }, id) => row(id, column, text))
    await applyWrites(source.store, [upsertsOf(from, equal)])
    // As the servers keep them: documents in their own order.
    const kept = await readRows(
      source.store,
      'item',
      equal.map(([id]) => id!),
    )
    await applyWrites(target.store, [upsertsOf(to, [...kept.values()])])
    const differing = comparison(source, from, target, to)
    const told = (await differing())!.map((id) => kinds[cells[Number(id)]!.column]!.kind)
    expect(told.filter((kind) => !oftenDiffer.has(kind))).toEqual([])

    const others = cells.map(({ column, index }, id) => {
      const { texts } = kinds[column]!
      return row(id, column, index + 1 < texts.length ? texts[index + 1]! : null)
    })
    await applyWrites(target.store, [upsertsOf(to, others)])
    expect(await differing()).toEqual(others.map(([id]) => id))
  })
})
