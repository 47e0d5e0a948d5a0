// Two empty databases with the tables of the two schemas, as `prisma migrate` would make them.

import { createConnection } from 'mysql2/promise'
import pg from 'pg'

const source = [
  `CREATE TABLE "Customer" (id SERIAL PRIMARY KEY, email TEXT NOT NULL UNIQUE)`,
  `CREATE TABLE "Order" (id SERIAL PRIMARY KEY, total DECIMAL(65,30) NOT NULL, "placedAt" TIMESTAMP(3) NOT NULL DEFAULT now(),
    "customerId" INTEGER NOT NULL REFERENCES "Customer" (id) ON DELETE CASCADE)`,
  `CREATE TABLE "Tag" (id SERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE)`,
  `CREATE TABLE "_OrderToTag" ("A" INTEGER REFERENCES "Order" (id) ON DELETE CASCADE,
    "B" INTEGER REFERENCES "Tag" (id) ON DELETE CASCADE, PRIMARY KEY ("A", "B"))`,
]

const target = [
  'CREATE TABLE customers (customer_id INT AUTO_INCREMENT PRIMARY KEY, email_address VARCHAR(191) NOT NULL UNIQUE)',
  `CREATE TABLE purchases (id INT AUTO_INCREMENT PRIMARY KEY, total DECIMAL(65,30) NOT NULL,
    placed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), customer_id INT NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (customer_id) ON DELETE CASCADE)`,
  'CREATE TABLE tags (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(191) NOT NULL UNIQUE)',
  `CREATE TABLE _OrderToTag (A INT NOT NULL, B INT NOT NULL, UNIQUE (A, B), INDEX (B),
    FOREIGN KEY (A) REFERENCES purchases (id) ON DELETE CASCADE, FOREIGN KEY (B) REFERENCES tags (id) ON DELETE CASCADE)`,
]

/** A database of this run on the server of the URL. */
function named(url: string): { readonly name: string; readonly url: string } {
  const name = `twinwrite_example_${process.pid}`
  const address = new URL(url)
  address.pathname = `/${name}`
  return { name, url: address.href }
}

export interface Database {
  readonly url: string
  drop(): Promise<void>
}

export async function postgresDatabase(server: string): Promise<Database> {
  const { name, url } = named(server)
  const run = async (on: string, statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: on })
    await client.connect()
    for (const sql of statements) await client.query(sql)
    await client.end()
  }
  await run(server, [`CREATE DATABASE ${name}`])
  await run(url, source)
  return { url, drop: () => run(server, [`DROP DATABASE ${name} WITH (FORCE)`]) }
}

export async function mysqlDatabase(server: string): Promise<Database> {
  const { name, url } = named(server)
  const run = async (on: string, statements: readonly string[]): Promise<void> => {
    const connection = await createConnection(on)
    for (const sql of statements) await connection.query(sql)
    await connection.end()
  }
  await run(server, [`CREATE DATABASE ${name}`])
  await run(url, target)
  return { url, drop: () => run(server, [`DROP DATABASE ${name}`]) }
}
