// What repair says that it would send is what the secondary's server then gets, statement by statement.

import {
  type Direction,
  type Engine,
  type FaultProxy,
  faultProxy,
  type ServerConnection,
} from '@twinwrite/testkit'
import { defineMigration } from '@twinwrite/sql'
import { repair, repairStatements, verify } from '@twinwrite/verify'
import { afterEach, describe, expect, test } from 'vitest'
import { openShop, orderRow, type Shop } from './shop.ts'

let shop: Shop
let proxy: FaultProxy

afterEach(async () => {
  await shop.close()
  await proxy.close()
})

/** Every text that the server is given while it is listened to. */
function listen(): () => string {
  const seen: Buffer[] = []
  const cut = (bytes: Buffer, direction: Direction): boolean => {
    if (direction === 'to-server') seen.push(bytes)
    return false
  }
  void proxy.cutAfter(cut).catch(() => undefined)
  return () => Buffer.concat(seen).toString('latin1').replace(/\s+/g, ' ')
}

const written = /(?:INSERT INTO|UPDATE|DELETE(?: t)? FROM) [^\0]*?(?:orders|labels|order_lines)["`]/g

describe.each([
  ['postgres', 'postgres'],
  ['postgres', 'mysql'],
  ['mysql', 'postgres'],
  ['mysql', 'mariadb'],
] as const)('%s to %s', (source: Engine, target: Engine) => {
  test('a dry run prints exactly the writes that a repair sends, and sends none', async () => {
    shop = await openShop(source, target, { orders: 40 })
    const connection = shop.connections.target as ServerConnection
    proxy = await faultProxy(connection)
    const { host, port } = proxy
    const operator = defineMigration(shop.config).operate({
      source: { engine: source, connection: shop.connections.source },
      target: { engine: target, connection: { ...connection, host, port } },
    })
    const { target: here } = shop.plain
    await here('orders').where({ id: 7 }).update({ note: 'changed' })
    await here('orders').where({ id: 8 }).delete()
    await here('orders').insert(orderRow(target, 900))
    await here('labels').where({ code: 'zoo' }).update({ text: 'changed' })
    await here('labels').where({ code: 'ü' }).delete()
    await here('order_lines').where({ order_id: 2, pos: 1 }).update({ qty: -1 })
    expect((await verify(operator).done).mismatches).toBe(6)

    const heard = listen()
    const statements = await repairStatements(operator)
    expect(heard().match(written)).toBeNull()
    expect((await verify(operator).done).mismatches).toBe(6)

    expect(await repair(operator)).toEqual({ repaired: 6, left: [] })
    const sent = heard()
    const texts = statements.map((statement) => statement.slice(0, statement.search(/;(?: -- |$)/)))
    expect(texts.length).toBeGreaterThan(3)
    for (const text of texts) expect(sent).toContain(text)
    expect(new Set(sent.match(written))).toEqual(new Set(texts.join('\0').match(written)))
    await operator.close()
  })
})
