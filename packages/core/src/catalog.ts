// What the database itself says about its tables. Metadata comes from the catalog, never from the ORM.

export type EngineName = 'postgres' | 'mysql' | 'mariadb' | 'sqlite'

/**
 * What a column's canonical text looks like; two columns of one kind hold the same text for the same value
 * on every engine (DESIGN section 5).
 * - integer: decimal digits with sign; decimal: no exponent, no trailing fraction zeros, no "-0"
 * - float32, float64: shortest text that reads back to the same number, "NaN", "Infinity", "-Infinity"; "-0" is equal to "0"
 * - text: as is; bytes: lower-case hex; uuid: lower-case with dashes; boolean: "true" | "false"
 * - date: YYYY-MM-DD; time: HH:MM:SS[.f]; datetime: YYYY-MM-DD HH:MM:SS[.f] without zone, f trimmed
 * - instant: microseconds since 1970 UTC as an integer
 * - json: keys sorted, numbers kept as written; bits: string of 0 and 1
 * - enum: label; native: the engine's own text, comparable only with the same type of the same engine
 */
export type ColumnKind =
  | 'integer'
  | 'decimal'
  | 'float32'
  | 'float64'
  | 'text'
  | 'bytes'
  | 'uuid'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'instant'
  | 'json'
  | 'bits'
  | 'enum'
  | 'native'

export interface Column {
  readonly name: string
  /** The engine's own type text, e.g. `bigint unsigned`, `character varying(40)`. */
  readonly type: string
  readonly kind: ColumnKind
  readonly nullable: boolean
  /** Value made by the database from other columns: read, never written. */
  readonly generated: boolean
  /** Whether the database fills the column from a counter (identity, serial, AUTO_INCREMENT, rowid). */
  readonly counter: boolean
  /** `GENERATED ALWAYS AS IDENTITY`: writing it needs OVERRIDING SYSTEM VALUE. */
  readonly identityAlways: boolean
  readonly hasDefault: boolean
  /** SQL of the default in the engine's own words; left out where there is none, or a counter fills the column. */
  readonly defaultText?: string
  /** Inclusive range of integer kinds, as decimal text; null where the engine sets none. */
  readonly range: { readonly min: string; readonly max: string } | null
  /** Most characters (text, enum) or bytes (bytes) it holds; null: no limit. */
  readonly length: number | null
  /** Digits of decimals; null: no limit. */
  readonly precision: number | null
  /** Fraction digits of decimals, times and instants; null: no limit. */
  readonly scale: number | null
  /** Whether equality of texts ignores case, accents or trailing blanks. */
  readonly foldsText: boolean
  /** Of folding columns: those with one name take the same texts for equal. Left out where it can't be told. */
  readonly folding?: string
  /** Names the order of texts: columns with one name order alike, on whatever servers. Left out where it can't be told. */
  readonly textOrder?: string
  /** Labels of an enum, or of a text that is a list of them (a SET of MySQL). */
  readonly labels: readonly string[] | null
}

export interface UniqueKey {
  readonly name: string
  /** Null for an expression or partial index, whose columns can't be compared from outside. */
  readonly columns: readonly string[] | null
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface ForeignKey {
  readonly name: string
  readonly child: TableRef
  readonly childColumns: readonly string[]
  readonly parent: TableRef
  readonly parentColumns: readonly string[]
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
}

export interface Trigger {
  readonly name: string
  readonly timing: 'before' | 'after' | 'instead of'
  readonly event: string
}

/** A table's name; `schema` is null for the connection's default schema (or database on MySQL). */
export interface TableRef {
  readonly schema: string | null
  readonly name: string
}

/** `schema` is null where it stands in the connection's default schema, as it is then named in SQL. */
export interface CatalogName extends TableRef {
  /** The schema that it really stands in; null where the engine has none. */
  readonly inSchema: string | null
}

export interface Table extends CatalogName {
  /** In the order of the table's definition. */
  readonly columns: readonly Column[]
  /** Columns of the primary key, else of the first unique key without nullable columns, else empty. */
  readonly key: readonly string[]
  /** All unique keys other than `key`. */
  readonly uniques: readonly UniqueKey[]
  /** Foreign keys of which this table is the child. */
  readonly foreignKeys: readonly ForeignKey[]
  /** Foreign keys of which this table is the parent. */
  readonly referencedBy: readonly ForeignKey[]
  readonly triggers: readonly Trigger[]
  /** Other names by which its rows can be written: views over it, partitions, children and parents by inheritance. */
  readonly writableThrough: readonly CatalogName[]
}

export function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name)
}
