// npm start, with SOURCE_URL (PostgreSQL) and TARGET_URL (MySQL or MariaDB); the users need the right to create databases.

import { mysqlDatabase, postgresDatabase } from './databases.ts'
import { openShop } from './shop.ts'

const { SOURCE_URL, TARGET_URL } = process.env
if (SOURCE_URL === undefined || TARGET_URL === undefined) {
  console.error('Set SOURCE_URL (postgres://...) and TARGET_URL (mysql://...).')
  process.exit(2)
}

const source = await postgresDatabase(SOURCE_URL)
const target = await mysqlDatabase(TARGET_URL)
const shop = openShop(source.url, target.url)
const { prisma } = shop

let placed = 0
async function placeOrder(): Promise<void> {
  placed++
  await prisma.customer.upsert({
    where: { email: `customer${placed % 5}@example.org` },
    create: { email: `customer${placed % 5}@example.org` },
    update: {},
  })
  await prisma.order.create({
    data: {
      total: placed + 0.5,
      customer: { connect: { email: `customer${placed % 5}@example.org` } },
      tags: {
        connectOrCreate: { where: { name: `tag${placed % 3}` }, create: { name: `tag${placed % 3}` } },
      },
    },
  })
}

let open = true
const traffic = (async () => {
  while (open) await placeOrder()
})()
const say = async (what: string): Promise<void> => {
  const { stage, primary } = await prisma.$twinwrite.status()
  console.log(`${what.padEnd(46)} ${stage} (reads and writes: ${primary}), ${placed} orders placed`)
}

await say('The shop works on PostgreSQL.')
await prisma.$twinwrite.install()
await prisma.$twinwrite.setStage('source-first')
await prisma.$twinwrite.load()
await say('Every write follows to MySQL, the rest is copied.')
const { pauseMs } = await prisma.$twinwrite.switchStage('target-first')
await say(`MySQL is authoritative after ${Math.round(pauseMs)} ms.`)
await new Promise((resolve) => void setTimeout(resolve, 500))
open = false
await traffic
if (!(await prisma.$twinwrite.drain())) throw new Error('the journal did not drain')

const orders = await prisma.order.count()
const same = await prisma.$twinwrite.switchStage('source-first').then(() => prisma.order.count())
console.log(`MySQL holds ${orders} orders, PostgreSQL ${same}, ${placed} were placed.`)
await shop.close()
await source.drop()
await target.drop()
process.exitCode = orders === placed && same === placed ? 0 : 1
