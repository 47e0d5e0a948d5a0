// The suites that every ORM takes part in.

import type { Suite } from '../case.ts'
import { deletes } from './deletes.ts'
import { inserts } from './inserts.ts'
import { raw } from './raw.ts'
import { reads } from './reads.ts'
import { transactions } from './transactions.ts'
import { updates } from './updates.ts'
import { upserts } from './upserts.ts'
import { values } from './values.ts'

export const neutralSuites: readonly Suite[] = [
  inserts,
  reads,
  updates,
  deletes,
  upserts,
  transactions,
  values,
  raw,
]
