// An ORM as the torture fleet needs it: what the workload does, in each of the ways in which its users write it.

import type { MigrationConfig, RunningMigration } from '@twinwrite/core'
import type { ServerConnection, ServerEngine } from '@twinwrite/testkit'

export interface SideAddress {
  readonly engine: ServerEngine
  readonly url: string
  readonly connection: ServerConnection
}

export interface Addresses {
  readonly source: SideAddress
  readonly target: SideAddress
}

/** Ways to do the same; the workload takes one of them at random. */
export type Ways<Given extends readonly unknown[]> = readonly ((...given: Given) => Promise<unknown>)[]

/** As the ORM gives it. */
export type ItemId = number | string | bigint

export interface Item {
  readonly token: string
  readonly note: string
  readonly n: number
}

export interface LinkKey {
  readonly a: number
  readonly b: string
}

export interface Link extends LinkKey {
  readonly note: string
}

/** What statements run on: a client, or one of its transactions. */
export interface Statements {
  /** The item at this place in the order of keys. */
  idAt(offset: number): Promise<ItemId | undefined>
  /** In the order of their keys, and kept from others until the end of the transaction. */
  lockedItems(ids: readonly ItemId[]): Promise<readonly { readonly id: ItemId; readonly token: string }[]>
  readonly insertItem: Ways<[Item]>
  readonly changeItem: Ways<[id: ItemId, change: Partial<Item>]>
  readonly noteItems: Ways<[n: number, note: string]>
  readonly insertLink: Ways<[Link]>
  /** Inserts it, or changes the one that is there. */
  readonly putLink: Ways<[Link]>
  readonly removeLink: Ways<[LinkKey]>
  readonly removeLinks: Ways<[a: number]>
  /** Adds one to a counter; in a transaction. */
  readonly count: Ways<[id: number]>
  /** A savepoint where this is a transaction. Rejects as the work does. */
  transaction(work: (inner: Statements) => Promise<void>): Promise<void>
}

/** A client with double writes, as each process of the fleet has one. */
export interface Member extends Statements {
  /** All or none of them. */
  readonly insertItems: Ways<[readonly Item[]]>
  /** An item and its parts, all or none of them. */
  readonly insertWhole: Ways<[Item, parts: readonly string[]]>
  readonly migration: RunningMigration
  close(): Promise<void>
}

/** @param changes what is to differ from the migration of the torture runs */
export type Connect = (addresses: Addresses, config: MigrationConfig) => Promise<Member>
