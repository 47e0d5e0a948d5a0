// Clauses that one dialect's compiler writes and another's drops without a word. A clause that only the target would
// drop is refused; one that the source drops must not come alive on the target.

import type { Builder, BuilderStatement } from '../knex-internals.ts'
import type { Carrying } from './carrying.ts'
import type { WriteClause } from './dialect.ts'

const groupings: Partial<Record<string, WriteClause>> = {
  with: 'with',
  join: 'join',
  where: 'where',
  order: 'order',
}

const singles: Partial<Record<string, WriteClause>> = {
  limit: 'limit',
  returning: 'returning',
  updateFrom: 'updateFrom',
  using: 'using',
  onConflict: 'onConflict',
}

/**
 * Takes out of a carried write what the source would not have written, and refuses what the target would not.
 * @param alone whether it is a statement of its own, whose returned rows can be read behind it
 */
export function keepHonoured(carrying: Carrying, carried: Builder, alone: boolean): void {
  const method = carried._method
  if (carrying.sameDialect) return
  if (method === 'upsert') carrying.refuse('upsert()')
  if (method !== 'insert' && method !== 'update' && method !== 'del') return
  const drops = (clause: WriteClause | undefined): boolean => {
    if (clause === undefined) return false
    const onSource = carrying.from.honours[method].has(clause)
    const readBehind = alone && method === 'insert' && clause === 'returning'
    if (onSource && !carrying.to.honours[method].has(clause) && !readBehind)
      carrying.refuse(`the clause "${clause}" of ${writeName(method)}`)
    return !onSource
  }
  const isMerge = carried._single['merge'] !== undefined
  const clauseOf = ({ grouping }: BuilderStatement): WriteClause | undefined => {
    if (method !== 'insert') return groupings[grouping]
    if (grouping === 'where') return isMerge ? 'onConflict().merge().where' : undefined
    return grouping === 'with' ? 'with' : undefined
  }
  carried._statements = carried._statements.filter((statement) => !drops(clauseOf(statement)))
  for (const [name, clause] of Object.entries(singles)) {
    const value = carried._single[name]
    if (value !== undefined && value !== null && drops(clause)) delete carried._single[name]
  }
  if (carried._single['only'] === true) carrying.refuse('the option "only"')
}

function writeName(method: 'insert' | 'update' | 'del'): string {
  return method === 'del' ? 'a delete' : method === 'insert' ? 'an insert' : 'an update'
}
