// The entry: an extension whose client runs every query on the side that is primary, with every write captured. The engine
// below all extensions is replaced, so that those before and after this one, batches and transactions go on as they are.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { Prisma } from '@prisma/client/extension'
import type { RunningMigration } from '@twinwrite/core'
import { Aside } from './aside.ts'
import { Engines } from './engines.ts'
import type { DoubleWriteOptions } from './options.ts'
import { ClientInternals, type Engine, type StartOptions, type TransactionInfo } from './prisma-internals.ts'
import { Router } from './route.ts'
import { doubled, Running } from './running.ts'
import { TransactionRouter } from './transaction.ts'

/**
 * An extension that keeps another database in step and can change over to it.
 *
 * One result serves one client, and all that are derived from it. `$disconnect()` ends the migration too.
 * @throws TwinwriteError `TW_CONFIG_INVALID`, `TW_ENGINE_UNSUPPORTED`
 * @example
 * const prisma = new PrismaClient({ adapter: new PrismaPg(process.env.DATABASE_URL) }).$extends(
 *   doubleWrite({
 *     target: new TargetClient({ adapter: new PrismaMariaDb(process.env.TARGET_URL) }),
 *     migration: (tables) => defineMigration({ name: 'shop', tables }),
 *     ownConnections: { target: process.env.TARGET_URL },
 *   }),
 * )
 * await prisma.$twinwrite.install()
 */
export function doubleWrite(options: DoubleWriteOptions) {
  const running = new Running(options)
  const $twinwrite = latestOf(running)
  const extension = Prisma.defineExtension((client) => {
    attach(running, client)
    return client.$extends({ name: 'twinwrite', client: { $twinwrite } })
  })
  return Object.assign(extension, {
    /** The same capture for an adapter that is given to the client, with nothing but Prisma's public interface. */
    adapter<F extends SqlDriverAdapterFactory>(factory: F): F {
      return running.capturing(factory) as SqlDriverAdapterFactory as F
    },
    /** The running migration; `$twinwrite` of the extended client is the same. */
    migration: $twinwrite,
  })
}

function attach(running: Running, client: unknown): void {
  const internals = new ClientInternals(client, 'the client')
  if (internals.isRouted) throw doubled('the client')
  const engines = new Engines(running, internals)
  running.attach(internals)
  const transactions = new TransactionRouter(running, engines)
  const aside = new Aside(running, engines.before)
  const router = new Router(running, engines, transactions, aside)
  internals.engine = routedEngine(running, engines, router, transactions, aside)
}

/** The client's engine in everything but where queries and transactions go. */
function routedEngine(
  running: Running,
  engines: Engines,
  router: Router,
  transactions: TransactionRouter,
  aside: Aside,
): Engine {
  const own: Partial<Engine> = {
    request: (query, options) => router.request(query, options),
    requestBatch: (queries, options) => router.requestBatch(queries, options),
    transaction: ((
      action: 'start' | 'commit' | 'rollback',
      headers: unknown,
      info: StartOptions & TransactionInfo,
    ) =>
      action === 'start'
        ? transactions.start(headers, info)
        : transactions.end(action, headers, info)) as Engine['transaction'],
    start: async () => engines.of(await running.migration.primary()).start(),
    stop: async () => {
      try {
        await engines.stop()
      } finally {
        await running.close()
        await aside.close()
      }
    },
  }
  return new Proxy(engines.before, {
    get: (before, name) => {
      if (Object.hasOwn(own, name)) return own[name as keyof Engine]
      const value: unknown = Reflect.get(before, name, before)
      return typeof value === 'function' ? (value.bind(before) as unknown) : value
    },
  })
}

/** The migration as it is now: a client that was disconnected and is used again begins another one. */
function latestOf(running: Running): RunningMigration {
  return new Proxy({} as RunningMigration, {
    get: (_, name) => {
      const migration = running.latest
      const value: unknown = Reflect.get(migration, name, migration)
      return typeof value === 'function' ? (value.bind(migration) as unknown) : value
    },
  })
}
