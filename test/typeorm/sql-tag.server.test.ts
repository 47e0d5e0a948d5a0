// TypeORM's `sql` tag with bindings, on a table that moves: in every stage the app sees what plain TypeORM gives (W1), and both sides
// hold the same (W3).

import { perSide, TwinwriteError } from '@twinwrite/typeorm'
import { stagePlan, stages } from '@twinwrite/core'
import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Audit, Member } from './entities.ts'
import { openWorld, type World } from './fixture.ts'

const login = "o'clock ?"

/** By each of those that have the tag. */
async function act(db: DataSource, tenant: number): Promise<unknown> {
  const members = db.getRepository(Member)
  const inserted = await db.sql`
    INSERT INTO members (tenant, login, level)
    VALUES (${tenant}, ${login}, ${3}), (${tenant}, ${'b'}, ${4})`
  const updated = await db.manager.sql`
    UPDATE members SET level = level + ${2} WHERE tenant = ${tenant} AND login = ${login}`
  const found = await members.sql`
    SELECT login, level FROM members WHERE login IN (${() => [login, 'b']}) AND tenant = ${tenant} ORDER BY login`
  const inside = await db.transaction(async (manager) => [
    await manager.sql`UPDATE members SET level = ${9} WHERE tenant = ${tenant} AND ${() => 'level < 5'}`,
    await manager.sql`SELECT level FROM members WHERE tenant = ${tenant} ORDER BY level`,
  ])
  const runner = db.createQueryRunner()
  const deleted = await runner.sql`DELETE FROM members WHERE login = ${'b'} AND tenant = ${tenant}`
  await runner.release()
  return [inserted, updated, found, inside, deleted, await members.findBy({ tenant })]
}

/** SQLite tells the number that the row has in this file, a table's own affair. */
function withoutRowids(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutRowids)
  return typeof answer === 'number' ? 'a number' : answer
}

describe.each(['postgres', 'mysql', 'mariadb', 'sqlite'] as const)('on %s under the same names', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(engine, engine, { sameNames: true })
  })
  afterAll(() => world?.close())

  it.each(stages)('in %s', async (stage) => {
    await world.toStage(stage)
    const tenant = stages.indexOf(stage) + 1
    const { primary, journaled } = stagePlan(stage, false)
    const hasRowids = engine === 'sqlite' && primary === 'target'
    const seen = (answer: unknown): unknown => (hasRowids ? withoutRowids(answer) : answer)
    expect(seen(await act(world.db, tenant))).toEqual(seen(await act(world.reference, tenant)))
    if (journaled) await world.settled()
    const held = { source: 0, target: 0, [primary]: 1, ...(journaled && { source: 1, target: 1 }) }
    for (const side of ['source', 'target'] as const) {
      const rows = await world[side].manager.findBy(Member, { tenant })
      expect(rows).toEqual([{ tenant, login, level: 5 }].slice(0, held[side]))
    }
  })
})

describe('from mysql to postgres', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld('mysql', 'postgres', { ownEntities: true })
    await world.toStage('source-first')
    await act(world.db, 1)
    await world.toStage('target-first')
  })
  afterAll(() => world?.close())

  it('is refused on a table that moved, and untouched on one that did not (W10)', async () => {
    const { db } = world
    const refused = { constructor: TwinwriteError, code: 'TW_DIALECT_CROSSED' }
    await expect(db.sql`SELECT * FROM members WHERE tenant = ${1}`).rejects.toMatchObject(refused)
    await expect(db.sql`DELETE FROM members WHERE tenant = ${1}`).rejects.toMatchObject(refused)
    await db.sql`INSERT INTO audit (text) VALUES (${'kept'})`
    expect(await world.source.manager.countBy(Audit, { text: 'kept' })).toBe(1)
    expect(await world.target.manager.countBy(Member, { tenant: 1 })).toBe(1)
  })

  it('takes a text per side', async () => {
    const counted = perSide(
      'SELECT CAST(COUNT(*) AS CHAR) AS n FROM `members`',
      'SELECT COUNT(*) AS n FROM t_members',
    )
    expect(await world.db.sql`${() => counted}`).toEqual([{ n: '1' }])
  })
})
