// Knex in the conformance command.

import { neutralSuites } from '../suites/neutral-suites.ts'
import type { Orm } from '../orm.ts'
import { type KnexSubject, plainKnex, wrappedKnex } from './knex-subject.ts'
import { returning } from './returning.ts'

export const knexOrm: Orm<KnexSubject> = {
  name: 'knex',
  suites: [...neutralSuites, returning],
  jsonAsText: ['sqlite'],
  floatDecimals: [],
  knownDifferences: [],
  plain: plainKnex,
  wrapped: wrappedKnex,
}
