// A random program as plain data, in the words of no ORM: it can be printed, run again, and made smaller while it still fails.

import type { Stage } from '@twinwrite/core'

export type Cell = string | number | boolean | null
export type Row = Readonly<Record<string, Cell>>

/** `column: value`, or `[operator, value]`; all of them must hold. */
export type Where = Readonly<
  Record<string, Cell | readonly ['<' | '<=' | '>' | '>=' | '<>' | 'in', Cell | readonly Cell[]]>
>

interface Leaf {
  /** The app does not catch an error of this statement; the transaction around it ends with it. */
  readonly uncaught?: true
}

export interface Insert extends Leaf {
  readonly do: 'insert'
  readonly table: string
  readonly rows: readonly Row[]
  /** Columns to give back, where the engine can. */
  readonly returning?: readonly string[]
}

export interface BatchInsert extends Leaf {
  readonly do: 'batchInsert'
  readonly table: string
  readonly rows: readonly Row[]
  readonly size: number
}

export interface Upsert extends Leaf {
  readonly do: 'upsert'
  readonly table: string
  readonly rows: readonly Row[]
  readonly on: readonly string[]
  /** Columns to take over; none: rows that are there are left alone. */
  readonly merge: readonly string[] | 'all' | 'ignore'
}

/** Rows of a query into `slots`, from items and with named columns, or into `pets`, from pets and without. */
export interface InsertSelect extends Leaf {
  readonly do: 'insertSelect'
  readonly into: 'slots' | 'pets'
  /** The tenant of the slots, or what the ids of the pets are more by. */
  readonly add: number
  readonly where: Where
  readonly suffix: string
}

/** Inserts a row without a key and, when that succeeded, asks the database for the id that it generated. */
export interface InsertAndAsk extends Leaf {
  readonly do: 'insertAndAsk'
  readonly table: string
  readonly row: Row
}

/** Inserts so many slots in one statement. */
export interface Bulk extends Leaf {
  readonly do: 'bulk'
  readonly tenant: number
  readonly count: number
}

/** A statement about the table `logs`, which is not mapped. */
export interface Aside extends Leaf {
  readonly do: 'aside'
  readonly what: 'insert' | 'update' | 'delete' | 'read'
  readonly id: number
  readonly n: number
}

export interface Update extends Leaf {
  readonly do: 'update'
  readonly table: string
  readonly where: Where
  readonly set: Row
  /** The first rows in the order of the key, where the ORM gives the clause to the engine. */
  readonly limit?: number
  readonly returning?: readonly string[]
  /** By the ORM's call for one row, where it has one and the condition names a row by its key. */
  readonly one?: true
}

export interface Increment extends Leaf {
  readonly do: 'increment'
  readonly table: string
  readonly where: Where
  readonly by: number
}

export interface Delete extends Leaf {
  readonly do: 'delete'
  readonly table: string
  readonly where: Where
  readonly returning?: readonly string[]
  /** As in `Update`. */
  readonly one?: true
}

/** Marks slots as gone with the time of the database, or as there again. */
export interface SoftDelete extends Leaf {
  readonly do: 'softDelete'
  readonly where: Where
  readonly undo: boolean
}

/** Rows as objects: those whose keys are there are changed, the others inserted. */
export interface Save extends Leaf {
  readonly do: 'save'
  readonly table: string
  readonly rows: readonly Row[]
  /** So many at once; all when left out. */
  readonly size?: number
}

/** Rows are loaded, changed as objects and saved; null: removed. */
export interface Rework extends Leaf {
  readonly do: 'rework'
  readonly table: string
  readonly where: Where
  readonly set: Row | null
}

/** An owner with pets, which are theirs. */
export interface Family extends Leaf {
  readonly do: 'family'
  readonly owner: Row
  readonly pets: readonly Row[]
}

/** A pet with an owner: a new one, one that is there, or whichever. */
export interface Adopt extends Leaf {
  readonly do: 'adopt'
  readonly pet: Row
  readonly how: 'create' | 'connect' | 'connectOrCreate'
  /** To connect: a unique value. */
  readonly owner: Row
}

export type PetChange =
  | { readonly act: 'create' | 'upsert' | 'connectOrCreate'; readonly pet: Row }
  | { readonly act: 'connect' | 'delete'; readonly id: number }
  | { readonly act: 'update'; readonly id: number; readonly set: Row }
  | { readonly act: 'updateMany'; readonly n: number; readonly set: Row }
  | { readonly act: 'deleteMany'; readonly n: number }

/** An owner is changed together with pets of theirs. */
export interface Household extends Leaf {
  readonly do: 'household'
  /** A unique value of the owner. */
  readonly where: Row
  readonly set: Row
  readonly pets: readonly PetChange[]
}

/** Statements that are given at once: all of them happen, or none. */
export interface Batch extends Leaf {
  readonly do: 'batch'
  readonly steps: readonly Statement[]
}

/** Deletes the pets of owners that fulfil the condition. */
export interface DeleteJoin extends Leaf {
  readonly do: 'deleteJoin'
  readonly n: number
}

export interface Raw extends Leaf {
  readonly do: 'raw'
  readonly sql: string
  readonly bindings: readonly Cell[]
}

export interface Read extends Leaf {
  readonly do: 'read'
  readonly form:
    | 'all'
    | 'first'
    | 'pluck'
    | 'count'
    | 'page'
    | 'join'
    | 'group'
    | 'subquery'
    | 'stream'
    | 'lock'
    | 'union'
    | 'with'
    | 'distinct'
  readonly table: string
  readonly where: Where
}

/** A statement that is wrong on purpose. */
export interface Wrong extends Leaf {
  readonly do: 'wrong'
  readonly what: 'function' | 'column' | 'syntax' | 'null' | 'long' | 'range'
}

export interface Transaction {
  readonly do: 'transaction'
  readonly steps: readonly Step[]
  readonly end: 'commit' | 'rollback' | 'throw'
  /** Begun and ended by hand where it is no callback; an ORM without a provider takes `manual`. */
  readonly form: 'callback' | 'provider' | 'manual'
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: true
}

/** Inside of a transaction only. */
export interface Savepoint {
  readonly do: 'savepoint'
  readonly steps: readonly Step[]
  readonly end: 'commit' | 'throw'
}

/** Promise.all; outside of a transaction of reads, or of statements on different tables. */
export interface Together {
  readonly do: 'together'
  readonly steps: readonly Step[]
}

/** The stage moves, and meanwhile these run one after the other; for the plain client nothing moves. At the top of a program only. */
export interface Move {
  readonly do: 'move'
  readonly to: Stage
  readonly steps: readonly Statement[]
}

export type Statement =
  | Insert
  | BatchInsert
  | Upsert
  | InsertSelect
  | InsertAndAsk
  | Bulk
  | Aside
  | Update
  | Increment
  | Delete
  | DeleteJoin
  | SoftDelete
  | Save
  | Rework
  | Family
  | Adopt
  | Household
  | Batch
  | Raw
  | Read
  | Wrong

export type Step = Statement | Transaction | Savepoint | Together | Move

export interface Program {
  readonly seed: number
  readonly steps: readonly Step[]
}

export function innerSteps(step: Step): readonly Step[] | null {
  return 'steps' in step ? step.steps : null
}

/** A step and all the steps inside of it. */
export function* everyStep(step: Step): Generator<Step> {
  yield step
  for (const inner of innerSteps(step) ?? []) yield* everyStep(inner)
}
