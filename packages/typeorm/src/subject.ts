// What an operation is about, from what the app gives to it. Raw SQL that names moved tables is never rewritten: it runs on
// the target when it means the same there, or when the app gave the text for it.

import { type ScanDialect, type Side, sideTexts, tablesOf } from '@twinwrite/core'
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm'
import { crossed } from './crossed.ts'
import type { MappedTables } from './mapped-tables.ts'
import type { Subject } from './place.ts'
import type { SideClient } from './side-client.ts'
import { type AnyBuilder, isBuilder } from './typeorm-internals.ts'

export interface RawText {
  readonly source: string
  readonly target: string
  readonly subject: Subject
}

type Dialects = Readonly<Record<Side, ScanDialect>>

export class Subjects {
  readonly #dataSource: DataSource
  readonly #tables: MappedTables
  readonly #dialects: () => Dialects

  constructor(source: SideClient, tables: MappedTables, dialects: () => Dialects) {
    this.#dataSource = source.dataSource
    this.#tables = tables
    this.#dialects = dialects
  }

  /** An entity that nobody knows fails natively, on whatever side. */
  ofTarget(target: unknown): Subject {
    if (target === undefined || !this.#dataSource.hasMetadata(target as EntityTarget<ObjectLiteral>))
      return mapped
    const metadata = this.#dataSource.getMetadata(target as EntityTarget<ObjectLiteral>)
    const found = this.#tables.ofEntity('source', metadata)
    return found === undefined ? { kind: 'unmapped', table: metadata.tableName } : mapped
  }

  ofBuilder(builder: AnyBuilder): Subject {
    const { aliases, mainAlias, commonTableExpressions } = builder.expressionMap
    const known = [mainAlias, ...aliases].find((alias) => alias?.hasMetadata === true)
    if (known !== undefined) return this.ofTarget(known.metadata.target)
    const { tablePath, subQuery } = mainAlias ?? {}
    if (subQuery !== undefined) return this.ofRaw(`SELECT * FROM ${subQuery} inner_query`).subject
    if (tablePath === undefined) return either
    const common = commonTableExpressions.find(({ alias }) => alias === tablePath)?.queryBuilder
    if (common !== undefined) return isBuilder(common) ? this.ofBuilder(common) : either
    const segments = tablePath.split('.')
    const found = this.#tables.find('source', segments.at(-2) ?? null, segments.at(-1) ?? '')
    return found === undefined ? { kind: 'unmapped', table: tablePath } : mapped
  }

  /** @throws TwinwriteError `TW_DIALECT_CROSSED` by `subject`, where the text can't run on the target */
  ofRaw(text: string): RawText {
    const { source, target } = sideTexts(text)
    const dialects = this.#dialects()
    const tables = tablesOf(source, dialects.source)
    const found = this.#tables.among('source', tables)
    const sameDialect = dialects.source === dialects.target
    if (target !== undefined)
      return { source, target, subject: tables.length > 0 && !found ? unmappedIn(tables) : mapped }
    if (found === undefined) {
      const subject: Subject =
        tables.length > 0 ? unmappedIn(tables) : { kind: 'either', portable: sameDialect }
      return { source, target: source, subject }
    }
    const renamed =
      found.source.name !== found.target.name ||
      found.source.schema !== found.target.schema ||
      found.renamed.size > 0
    if (sameDialect && !renamed && !found.converted) return { source, target: source, subject: mapped }
    return {
      source,
      get target(): string {
        throw crossed(
          `raw SQL ${JSON.stringify(shorten(source))} names table "${found.mapping}", so it cannot be carried to the target`,
          {
            table: found.mapping,
          },
        )
      },
      subject: mapped,
    }
  }
}

const mapped: Subject = { kind: 'mapped' }
const either: Subject = { kind: 'either', portable: true }

function unmappedIn(tables: readonly { readonly name: string }[]): Subject {
  return { kind: 'unmapped', table: tables[0]!.name }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
