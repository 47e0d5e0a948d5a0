// What differs between Prisma's driver adapters, as data.

import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { type EngineName, TwinwriteError } from '@twinwrite/core'

export interface AdapterEngine {
  readonly name: EngineName
  /** Whether the adapter has one physical connection, on which everything runs. */
  readonly single: boolean
  /** Whether captured writes get their keys from rows that the server returns. */
  readonly returning: boolean
  /** Whether transactions take an isolation level; the others are serializable always. */
  readonly isolates: boolean
  /** Whether columns have types for times; else Prisma writes texts. */
  readonly typesTimes: boolean
  /** Name of the schema that Prisma puts before tables when it is told nothing else. */
  readonly schema: string | null
}

const byAdapter: Readonly<Record<string, AdapterEngine>> = {
  '@prisma/adapter-pg': {
    name: 'postgres',
    single: false,
    returning: true,
    isolates: true,
    typesTimes: true,
    schema: 'public',
  },
  '@prisma/adapter-mariadb': {
    name: 'mysql',
    single: false,
    returning: false,
    isolates: true,
    typesTimes: true,
    schema: null,
  },
  '@prisma/adapter-better-sqlite3': {
    name: 'sqlite',
    single: true,
    returning: true,
    isolates: false,
    typesTimes: false,
    schema: null,
  },
}

/** @throws TwinwriteError `TW_ENGINE_UNSUPPORTED` */
export function adapterEngine({ adapterName }: SqlDriverAdapterFactory): AdapterEngine {
  const engine = byAdapter[adapterName]
  if (engine !== undefined) return engine
  throw new TwinwriteError('TW_ENGINE_UNSUPPORTED', `the driver adapter ${adapterName}`, {
    hint: `Use ${Object.keys(byAdapter).join(', ')}.`,
  })
}
