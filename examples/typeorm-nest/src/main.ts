// The operator: starts the application, and moves its orders to another database and back while it works.

import { NestFactory } from '@nestjs/core'
import { getDataSourceToken } from '@nestjs/typeorm'
import { twinwrite } from '@twinwrite/typeorm'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataSource } from 'typeorm'
import { App } from './app.ts'
import { Orders } from './orders.ts'

const folder = mkdtempSync(join(tmpdir(), 'typeorm-nest-'))
const source = { type: 'better-sqlite3', database: join(folder, 'source.db') } as const
const target = { type: 'better-sqlite3', database: join(folder, 'target.db') } as const

async function createTable({ database }: { database: string }, name: string, total: string): Promise<void> {
  const db = await new DataSource({ type: 'better-sqlite3', database, enableWAL: true }).initialize()
  await db.query(
    `CREATE TABLE ${name} (id integer PRIMARY KEY AUTOINCREMENT, ${total} integer NOT NULL, ` +
      `status varchar(20) NOT NULL DEFAULT 'open', createdAt datetime NOT NULL DEFAULT (datetime('now')))`,
  )
  await db.destroy()
}

await createTable(source, 'orders', 'total')
await createTable(target, 'purchases', 'amount')
const app = await NestFactory.createApplicationContext(App.of(source, target), { logger: ['error'] })
const orders = app.get(Orders)
const move = twinwrite(app.get<DataSource>(getDataSourceToken()))

const show = async (): Promise<void> => {
  const { stage, primary } = await move.status()
  const list = (await orders.list()).map(({ id, total, status }) => `#${id} ${total} ${status}`)
  console.log(`${stage.padEnd(12)} reads and writes the ${primary}: ${list.join(', ')}`)
}

await orders.place(10)
await move.install()
await show()

await move.setStage('source-first')
await move.load()
await orders.place(20)
await show()

await move.drain()
await move.switchStage('target-first')
const { id } = await orders.place(30)
await orders.ship(id)
await show()

await move.switchStage('source-first')
await orders.place(40)
await show()

await app.close()
rmSync(folder, { recursive: true, force: true })
