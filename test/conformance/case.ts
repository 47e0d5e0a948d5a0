// A case is a function over a subject that gives back all that the app could see. It is run with the plain ORM and with the
// wrapped one; nothing is asserted inside, for the plain one is the truth.

import type { Side } from '@twinwrite/core'
import type { Engine } from '@twinwrite/testkit'
import { describeError } from './describe-error.ts'
import { quoted } from './plain-session.ts'
import type { SideText, Subject } from './subject.ts'
import { columnOf, columnOn, nameOn, tableOf, tables } from './tables.ts'

export interface Names {
  readonly engine: Engine
  /** A table, quoted, under its name on the side. */
  t(source: string): string
  /** A column, quoted, under its name on the side. */
  c(table: string, source: string): string
}

export interface CaseContext {
  readonly source: Engine
  readonly target: Engine
  /** The same statement for each side. */
  sides(text: (names: Names) => string): SideText
}

export interface Case<S extends Subject = Subject> {
  /** A sentence about behaviour. */
  readonly title: string
  /** Engines of the source that have what the case is about; all when left out. */
  readonly engines?: readonly Engine[]
  /**
   * Where the statement can't be carried and must fail with TW_DIALECT_CROSSED before it runs:
   * `on-target` whenever the target is primary (names differ), `crossed` when it also is another engine.
   */
  readonly refused?: 'on-target' | 'crossed'
  /** Where `refused` holds only for some targets. */
  readonly refusedTargets?: readonly Engine[]
  /** Targets that by their nature answer in another way once they are primary; there only the sides must be equal. */
  readonly differsOn?: readonly Engine[]
  run(subject: S, context: CaseContext): Promise<unknown>
}

export interface Suite<S extends Subject = Subject> {
  readonly name: string
  readonly cases: readonly Case<S>[]
}

export function caseContext(source: Engine, target: Engine): CaseContext {
  const engines: Record<Side, Engine> = { source, target }
  const names = (side: Side): Names => ({
    engine: engines[side],
    t: (table) => quoted(engines[side], nameOn(side, tableOf(table, tables))),
    c: (table, column) => quoted(engines[side], columnOn(side, columnOf(tableOf(table, tables), column))),
  })
  return {
    source,
    target,
    sides: (text) => ({ source: text(names('source')), target: text(names('target')) }),
  }
}

/** What the app sees of a call that may fail: its value, or the error in full. */
export async function attempt(
  work: () => Promise<unknown>,
): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error: describeError(error) }
  }
}
