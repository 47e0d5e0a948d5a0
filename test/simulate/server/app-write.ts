// What the writing statements of the little language do to the rows, and which rows they touch.

import type { Change, ChangeOp, Key, Row } from '@twinwrite/core'
import type { AppWrite } from '../ports/sim-statement.ts'
import { response, type SimResponse } from './response.ts'
import { ServerFault } from './server-fault.ts'
import type { ServerSession, Work } from './server-session.ts'
import type { SimDatabase } from './sim-database.ts'
import { item, line, parentOf, type SimTable, tableNamed } from './sim-tables.ts'

export function* appWrite(db: SimDatabase, session: ServerSession, write: AppWrite): Work<SimResponse> {
  const changes: Change[] = []
  const statement = new Writing(db, session, changes)
  yield* statement.run(write)
  if (changes.length > 0) session.begin().tokens.push(write.token)
  return response(write.verb, changes.length, [], changes)
}

class Writing {
  readonly #db: SimDatabase
  readonly #session: ServerSession
  readonly #changes: Change[]

  constructor(db: SimDatabase, session: ServerSession, changes: Change[]) {
    this.#db = db
    this.#session = session
    this.#changes = changes
  }

  run(write: AppWrite): Work<void> {
    switch (write.verb) {
      case 'put':
        return this.#put(write.key, write.label, write.token)
      case 'remove':
        return this.#remove(write.key)
      case 'insert':
        return this.#insert(item, [write.label, write.token])
      case 'swap':
        return this.#swap(write.key, write.other, write.token)
      case 'attach':
        return this.#insert(line, [write.key, write.token])
      case 'move':
        return this.#move(write.key, write.other, write.token)
      case 'mend':
        return this.#mend(tableNamed(write.table), write.key, write.token)
    }
  }

  *#put(key: Key, label: string, token: string): Work<void> {
    const before = yield* this.#locked(item, key)
    yield* this.#write(
      item,
      key,
      before?.with(2, token) ?? [key, label, token],
      before === null ? 'insert' : 'update',
    )
  }

  *#remove(key: Key): Work<void> {
    if ((yield* this.#locked(item, key)) === null) return
    for (;;) {
      const [child] = this.#db.childrenOf(this.#session, item, key)
      if (child === undefined) break
      const row = yield* this.#locked(child.table, child.key)
      if (parentOf(child.table, row) === key) yield* this.#write(child.table, child.key, null, 'delete')
    }
    yield* this.#write(item, key, null, 'delete')
  }

  *#insert(table: SimTable, rest: readonly string[]): Work<void> {
    const id = this.#db.nextId(table.name)
    if ((yield* this.#locked(table, id)) !== null) {
      const what = `the ${this.#db.side} generated id ${table.name} ${id}, which is in use`
      // A process that has missed a switch may meet an applied row; the fence would refuse it anyway.
      if (this.#db.fence.role === 'primary') this.#db.scheduler.fail(`W8: ${what}`)
      throw new ServerFault('unique', what)
    }
    yield* this.#write(table, id, [id, ...rest], 'insert')
  }

  *#swap(key: Key, other: Key, token: string): Work<void> {
    if (key === other) return
    const [low, high] = [key, other].sort() as [Key, Key]
    const first = yield* this.#locked(item, low)
    const second = yield* this.#locked(item, high)
    if (first === null || second === null) return
    yield* this.#write(item, low, first.with(1, null), 'update')
    yield* this.#write(item, high, [high, first[1] ?? null, `${token}+`], 'update')
    yield* this.#write(item, low, [low, second[1] ?? null, token], 'update')
  }

  *#move(key: Key, other: Key, token: string): Work<void> {
    const lines = this.#db.childrenOf(this.#session, item, key)
    const newest = lines.at(-1)
    if (newest === undefined) return
    const row = yield* this.#locked(line, newest.key)
    if (parentOf(line, row) === key)
      yield* this.#write(line, newest.key, [newest.key, other, token], 'update')
  }

  *#mend(table: SimTable, key: Key, token: string): Work<void> {
    const row = yield* this.#locked(table, key)
    if (row !== null) yield* this.#write(table, key, row.with(row.length - 1, token), 'update')
  }

  *#locked(table: SimTable, key: Key): Work<Row | null> {
    const timeoutMs = this.#db.options.lockTimeoutMs
    yield { name: `row ${table.name} ${key}`, mode: 'exclusive', timeoutMs }
    return this.#db.row(this.#session, table.name, key)
  }

  *#write(table: SimTable, key: Key, row: Row | null, op: ChangeOp): Work<void> {
    yield* this.#db.writeRow(this.#session, table, key, row)
    this.#changes.push({ table: table.name, key, op })
  }
}
