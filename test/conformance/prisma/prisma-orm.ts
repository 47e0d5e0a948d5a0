// Prisma in the conformance command.

import type { KnownDifference } from '../known-difference.ts'
import type { Orm } from '../orm.ts'
import { neutralSuites } from '../suites/neutral-suites.ts'
import { plainPrisma, type PrismaSubject, wrappedPrisma } from './prisma-subject.ts'

const knownDifferences: readonly KnownDifference[] = [
  {
    title: 'values: decimals of thirty digits',
    source: 'sqlite',
    target: 'postgres',
    why: 'Prisma keeps decimals in SQLite as floating-point numbers, so that the rows that PostgreSQL holds can not follow',
    alike: null,
  },
  {
    title: 'raw SQL: a select',
    source: 'sqlite',
    target: 'postgres',
    why: "Prisma gives raw integers as the engine's type: PostgreSQL's bigint as BigInt, SQLite's as a number",
    alike: numbersOfBigInts,
  },
]

function numbersOfBigInts(answer: unknown): unknown {
  return (answer as Record<string, unknown>[]).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  )
}

export const prismaOrm: Orm<PrismaSubject> = {
  name: 'prisma',
  suites: [...neutralSuites],
  jsonAsText: [],
  floatDecimals: ['sqlite'],
  knownDifferences,
  plain: plainPrisma,
  wrapped: wrappedPrisma,
}
