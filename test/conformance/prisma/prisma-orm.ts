// Prisma in the conformance command.

import type { Orm } from '../orm.ts'
import { neutralSuites } from '../suites/neutral-suites.ts'
import { plainPrisma, type PrismaSubject, wrappedPrisma } from './prisma-subject.ts'

export const prismaOrm: Orm<PrismaSubject> = {
  name: 'prisma',
  suites: [...neutralSuites],
  jsonAsText: [],
  plain: plainPrisma,
  wrapped: wrappedPrisma,
}
