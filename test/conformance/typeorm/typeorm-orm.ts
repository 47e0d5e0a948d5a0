// TypeORM in the conformance command.

import type { Orm } from '../orm.ts'
import { neutralSuites } from '../suites/neutral-suites.ts'
import { plainTypeorm, type TypeormSubject, wrappedTypeorm } from './typeorm-subject.ts'

export const typeormOrm: Orm<TypeormSubject> = {
  name: 'typeorm',
  suites: [...neutralSuites],
  jsonAsText: [],
  floatDecimals: [],
  knownDifferences: [],
  plain: plainTypeorm,
  wrapped: wrappedTypeorm,
}
