// Random programs from a seed: their steps, transactions and savepoints.

import type { Stage } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { seeded } from '../random.ts'
import type { Orm } from './orm.ts'
import type { Program, Statement, Step, Transaction } from './program.ts'
import { apart, aside, generatesIds, type Making, read, statement } from './statements.ts'

export interface GenerateOptions {
  readonly orm: Orm
  readonly engine: Engine
  /** Stages to move to in the middle. */
  readonly moves: readonly Stage[]
}

interface Scope extends Making {
  readonly orm: Orm
  /** 0 outside of a transaction. */
  readonly depth: number
}

export function generate(seed: number, { orm, engine, moves }: GenerateOptions): Program {
  const random = seeded(seed)
  const scope: Scope = { orm, engine, random, depth: 0, ids: { burned: false } }
  const steps: Step[] = Array.from({ length: 3 + random.below(8) }, () => {
    scope.ids.burned = false
    return topStep(scope)
  })
  let at = 0
  for (const to of moves) {
    at += 1 + random.below(Math.max(1, steps.length - at))
    const beside = random.chance(0.6) ? many(scope, 1, 5, besideMove) : []
    steps.splice(at, 0, { do: 'move', to, steps: beside })
  }
  return { seed, steps }
}

function topStep(scope: Scope): Step {
  const { random } = scope
  const what = random.below(20)
  if (what < 6) return transaction(scope)
  if (what < 7) return { do: 'together', steps: many(scope, 2, 4, read) }
  if (what === 7) return { do: 'together', steps: apart(scope).map((made) => spoken(scope, made)) }
  return what === 8 ? spoken(scope, aside(scope)) : oneStatement(scope)
}

function transaction(scope: Scope): Transaction {
  const made = anyTransaction(scope)
  return scope.orm.speaks(made) ? made : transaction(scope)
}

function anyTransaction(scope: Scope): Transaction {
  const { random, engine } = scope
  const inner: Scope = { ...scope, depth: 1, ids: { burned: false } }
  const isolation: Pick<Transaction, 'isolation'> =
    engine !== 'sqlite' && random.chance(0.2)
      ? { isolation: random.pick(['read committed', 'repeatable read', 'serializable'] as const) }
      : {}
  return {
    do: 'transaction',
    form: random.pick(['callback', 'callback', 'provider', 'manual']),
    end: random.pick(['commit', 'commit', 'commit', 'rollback', 'throw']),
    ...isolation,
    // Knex can't ask MySQL for both.
    ...(!('isolation' in isolation) && random.chance(0.06) ? { readOnly: true } : {}),
    steps: many(inner, 1, 6, innerStep),
  }
}

function innerStep(scope: Scope): Step {
  const { random } = scope
  const what = random.below(12)
  if (what === 0 && scope.depth < 3) {
    return {
      do: 'savepoint',
      end: random.pick(['commit', 'commit', 'throw']),
      steps: many({ ...scope, depth: scope.depth + 1 }, 1, 4, innerStep),
    }
  }
  if (what === 1) return { do: 'together', steps: many(scope, 2, 4, besideOthers) }
  const done = oneStatement(scope)
  return random.chance(0.15) ? { ...done, uncaught: true } : done
}

/** Ids that are generated meanwhile may come from either side. */
function besideMove(scope: Scope): Statement {
  const made = oneStatement(scope)
  return scope.orm.isRepeated(made) && !generatesIds(made) ? made : spoken(scope, read(scope))
}

function besideOthers(scope: Scope): Statement {
  const made = oneStatement(scope)
  return scope.orm.isOne(made, scope.engine) ? made : besideOthers(scope)
}

function many<T>(scope: Scope, least: number, most: number, make: (scope: Scope) => T): T[] {
  return Array.from({ length: least + scope.random.below(most - least + 1) }, () => make(scope))
}

function oneStatement(scope: Scope): Statement {
  if (!scope.random.chance(0.05)) return singleStatement(scope)
  const made: Statement = { do: 'batch', steps: many(scope, 1, 4, singleStatement) }
  return scope.orm.speaks(made) ? made : oneStatement(scope)
}

function singleStatement(scope: Scope): Statement {
  const made = statement(scope, scope.depth > 0)
  return scope.orm.speaks(made) ? made : singleStatement(scope)
}

/** Instead of a statement for which the ORM has no words it reads. */
function spoken({ orm, ...scope }: Scope, made: Statement): Statement {
  return orm.speaks(made) ? made : read(scope)
}
