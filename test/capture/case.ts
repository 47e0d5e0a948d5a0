// One row of the capture matrix: a statement, what it must be captured as, and what it may cost.

import type { Engine } from '@twinwrite/testkit'
import { expect } from 'vitest'
import type { Twin } from './twin.ts'

export interface Case {
  readonly title: string
  /** With `?` for parameters on every engine. */
  readonly sql: string
  readonly bindings?: readonly unknown[]
  /**
   * Statements of ours beside the app's, per engine; an engine that is left out doesn't run the case.
   * `refused`: TW_CAPTURE_REFUSED, before anything has run.
   */
  readonly extra: Partial<Record<Engine, number | 'refused'>>
  /** `table:key` that must be captured, when it says more than "the changed rows". */
  readonly keys?: readonly string[]
  /** More rows than those that changed may be captured: what was given and not taken. */
  readonly superset?: true
  /** The statement fails: part of the message. */
  readonly fails?: RegExp
}

/** Numbers the parameters where the engine wants it. */
export function parametersFor(engine: Engine, sql: string): string {
  let count = 0
  return engine === 'postgres' ? sql.replaceAll('?', () => `$${++count}`) : sql
}

/** @returns statements of ours */
export async function runCase(twin: Twin, one: Case): Promise<number | 'refused'> {
  const sql = parametersFor(twin.engine, one.sql)
  const bindings = one.bindings ?? []
  if (one.extra[twin.engine] === 'refused') {
    const before = await twin.snapshot()
    twin.wrapped.sent.length = 0
    await twin.wrapped.run(twin.begin)
    const refused = twin.capture(sql, bindings)
    await expect(refused).rejects.toMatchObject({ code: 'TW_CAPTURE_REFUSED', primary: 'untouched' })
    expect(twin.wrapped.sent, 'statements of the app').toEqual([])
    await twin.wrapped.run('ROLLBACK')
    expect(await twin.snapshot()).toEqual(before)
    return 'refused'
  }
  const outcome = await twin.write(sql, ...bindings)
  if (one.fails === undefined) expect(outcome.error, String(outcome.error)).toBeUndefined()
  else expect(String(outcome.error)).toMatch(one.fails)
  if (one.superset !== true) expect(outcome.captured, `keys of ${sql}`).toEqual(outcome.changed)
  if (one.keys !== undefined) expect(outcome.captured).toEqual([...one.keys].sort())
  return outcome.extra
}
