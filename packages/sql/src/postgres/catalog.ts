// PostgreSQL: tables as pg_catalog describes them, in one snapshot. Types of users' schemas are named with their schema, whatever the
// search path of the session that will use the name.

import type {
  Column,
  ColumnKind,
  ForeignKey,
  ReferentialAction,
  Table,
  TableRef,
  Trigger,
} from '@twinwrite/core'
import type { Session } from '../session.ts'
import { otherNames } from './other-names.ts'

const relations = `
  SELECT r.n::text, c.oid::text, current_schema(), s.nspname
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r(schema, name, n)
  JOIN pg_class AS c ON c.oid = to_regclass(coalesce(quote_ident(r.schema) || '.', '') || quote_ident(r.name))
  JOIN pg_namespace AS s ON s.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p')`

/** Provider, locale, version and rules of the collation `l`. As documents, because newer servers have more columns. */
const collation = `(SELECT to_jsonb(l) AS own) AS o, LATERAL (SELECT
      CASE WHEN l.collprovider = 'd' THEN coalesce(database.of->>'datlocprovider', 'c') ELSE l.collprovider::text END AS provider,
      CASE WHEN l.collprovider = 'd' THEN database.of->>'datcollversion' ELSE own->>'collversion' END AS version,
      CASE WHEN l.collprovider = 'd' THEN database.of->>'daticurules' ELSE own->>'collicurules' END AS rules
    ) AS p, LATERAL (SELECT CASE WHEN provider = 'c'
      THEN CASE WHEN l.collprovider = 'd' THEN database.of->>'datcollate' ELSE own->>'collcollate' END
      ELSE CASE WHEN l.collprovider = 'd' THEN coalesce(database.of->>'datlocale', database.of->>'daticulocale')
        ELSE coalesce(own->>'colllocale', own->>'colliculocale', own->>'collcollate') END
      END AS locale) AS q`

/** Collations order alike when provider, locale, rules and version are equal; those by bytes everywhere. */
const textOrder = `(
    SELECT CASE WHEN pg_encoding_to_char((database.of->>'encoding')::int) <> 'UTF8' THEN NULL
      WHEN provider = 'c' AND locale IN ('C', 'POSIX') THEN 'bytes'
      WHEN version IS NOT NULL THEN concat_ws(' ', 'postgres', provider, locale, rules, version) END
    FROM ${collation})`

/** Versions differ about the order of texts, hardly about equality: a text that one takes for equal is blocked in any case. */
const folding = `(SELECT concat_ws(' ', 'postgres', CASE t.typname WHEN 'citext' THEN 'citext' END, provider, locale, rules) FROM ${collation})`

/** `base` is the type under a domain, with the domain's length where the column has none. */
const columns = `
  WITH RECURSIVE base(attrelid, attnum, oid, typmod) AS (
    SELECT attrelid, attnum, atttypid, atttypmod FROM pg_attribute
    WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT b.attrelid, b.attnum, t.typbasetype, CASE WHEN b.typmod < 0 THEN t.typtypmod ELSE b.typmod END
    FROM base AS b JOIN pg_type AS t ON t.oid = b.oid WHERE t.typtype = 'd'
  )
  SELECT a.attrelid::text, a.attname, format_type(a.atttypid, a.atttypmod), t.typname, t.typtype, n.nspname, b.typmod::text,
    (NOT a.attnotnull)::text, (a.attgenerated <> '')::text, a.attidentity, pg_get_expr(d.adbin, d.adrelid),
    CASE WHEN NOT l.collisdeterministic OR t.typname = 'citext' THEN ${folding} END,
    CASE WHEN t.typname IN ('text', 'varchar', 'bpchar', 'name') THEN ${textOrder} END,
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum AS e WHERE e.enumtypid = t.oid)
  FROM base AS b
  JOIN pg_attribute AS a ON a.attrelid = b.attrelid AND a.attnum = b.attnum
  JOIN pg_type AS t ON t.oid = b.oid AND t.typtype <> 'd'
  JOIN pg_namespace AS n ON n.oid = t.typnamespace
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
  CROSS JOIN (SELECT to_jsonb(d) AS of FROM pg_database AS d WHERE datname = current_database()) AS database
  ORDER BY a.attrelid, a.attnum`

const uniques = `
  SELECT i.indrelid::text, c.relname, i.indisprimary::text, i.indimmediate::text,
    CASE WHEN i.indpred IS NULL AND i.indexprs IS NULL AND NOT i.indisexclusion THEN (
      SELECT json_agg(a.attname ORDER BY k.n)::text
      FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.n <= i.indnkeyatts) END
  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
  WHERE i.indrelid = ANY ($1::oid[]) AND (i.indisunique OR i.indisexclusion) AND i.indislive
  ORDER BY i.indisprimary DESC, NOT i.indimmediate, i.indexrelid`

const attributeNames = (relation: string, numbers: string): string =>
  `(SELECT json_agg(a.attname ORDER BY k.n)::text FROM unnest(${numbers}) WITH ORDINALITY AS k(attnum, n)` +
  ` JOIN pg_attribute AS a ON a.attrelid = ${relation} AND a.attnum = k.attnum)`

const foreignKeys = `
  SELECT f.conname, f.conrelid::text, cn.nspname, c.relname, ${attributeNames('f.conrelid', 'f.conkey')},
    f.confrelid::text, pn.nspname, p.relname, ${attributeNames('f.confrelid', 'f.confkey')}, f.confdeltype, f.confupdtype
  FROM pg_constraint AS f
  JOIN pg_class AS c ON c.oid = f.conrelid JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
  JOIN pg_class AS p ON p.oid = f.confrelid JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
  WHERE f.contype = 'f' AND f.conparentid = 0 AND (f.conrelid = ANY ($1::oid[]) OR f.confrelid = ANY ($1::oid[]))
  ORDER BY f.conname, f.oid`

/** Triggers, and rules, which rewrite statements. */
const triggers = `
  SELECT tgrelid::text, tgname, tgtype::int::text FROM pg_trigger
  WHERE tgrelid = ANY ($1::oid[]) AND NOT tgisinternal AND tgenabled <> 'D'
  UNION ALL
  SELECT ev_class::text, rulename, (CASE WHEN is_instead THEN 64 ELSE 0 END +
    CASE ev_type WHEN '2' THEN 16 WHEN '3' THEN 4 WHEN '4' THEN 8 ELSE 0 END)::text
  FROM pg_rewrite WHERE ev_class = ANY ($1::oid[]) AND rulename <> '_RETURN'
  ORDER BY 1, 2`

const kinds: Record<string, ColumnKind> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  float4: 'float32',
  float8: 'float64',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  bytea: 'bytes',
  uuid: 'uuid',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'datetime',
  timestamptz: 'instant',
  json: 'json',
  jsonb: 'json',
  bit: 'bits',
  varbit: 'bits',
}

const ranges: Record<string, { min: string; max: string }> = {
  int2: { min: '-32768', max: '32767' },
  int4: { min: '-2147483648', max: '2147483647' },
  int8: { min: '-9223372036854775808', max: '9223372036854775807' },
  oid: { min: '0', max: '4294967295' },
}

const actions: Record<string, ReferentialAction> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

type Row = readonly (string | null)[]

export async function catalog(session: Session, names: readonly TableRef[]): Promise<Table[]> {
  const run = async (sql: string, bindings: readonly unknown[]): Promise<Row[]> =>
    (await session.query({ sql, bindings })).rows as Row[]
  await run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', [])
  const found = await run(relations, [names.map(({ schema }) => schema), names.map(({ name }) => name)])
  const ids = [[...new Set(found.map((row) => row[1]!))]]
  // Names of types then come with their schema unless they are the server's own.
  await run(`SELECT set_config('search_path', 'pg_catalog', true)`, [])
  const parts = {
    columns: await run(columns, ids),
    uniques: await run(uniques, ids),
    foreignKeys: await run(foreignKeys, ids),
    triggers: await run(triggers, ids),
    otherNames: await run(otherNames, ids),
  }
  await run('COMMIT', [])
  return found.map(([position, id, defaultSchema, schema]) => {
    const { name } = names[Number(position) - 1]!
    return table({ schema: schema!, name }, id!, defaultSchema ?? null, parts)
  })
}

interface Parts {
  readonly columns: readonly Row[]
  readonly uniques: readonly Row[]
  readonly foreignKeys: readonly Row[]
  readonly triggers: readonly Row[]
  readonly otherNames: readonly Row[]
}

function table(
  ref: { schema: string; name: string },
  id: string,
  defaultSchema: string | null,
  parts: Parts,
): Table {
  const of = (rows: readonly Row[], position = 0): readonly Row[] =>
    rows.filter((row) => row[position] === id)
  const described = of(parts.columns).map(column)
  const notNull = (name: string): boolean => described.some((one) => one.name === name && !one.nullable)
  const found = of(parts.uniques).map((row) => ({
    name: row[1]!,
    columns: row[4] === null ? null : (JSON.parse(row[4]!) as string[]),
  }))
  const key = found.find((unique) => unique.columns?.every(notNull))
  const keys = parts.foreignKeys.map((row) => ({
    child: row[1],
    parent: row[5],
    key: foreignKey(row, defaultSchema),
  }))
  return {
    schema: ref.schema === defaultSchema ? null : ref.schema,
    inSchema: ref.schema,
    name: ref.name,
    columns: described,
    key: key?.columns ?? [],
    uniques: found.filter((unique) => unique !== key),
    foreignKeys: keys.filter(({ child }) => child === id).map((one) => one.key),
    referencedBy: keys.filter(({ parent }) => parent === id).map((one) => one.key),
    triggers: of(parts.triggers).map(trigger),
    writableThrough: of(parts.otherNames).map(([, schema, other]) => ({
      schema: schema === defaultSchema ? null : schema!,
      inSchema: schema!,
      name: other!,
    })),
  }
}

function column(row: Row): Column {
  const [
    ,
    name,
    type,
    base,
    family,
    namespace,
    modifier,
    nullable,
    generated,
    identity,
    initial,
    folds,
    order,
    labels,
  ] = row
  const system = namespace === 'pg_catalog'
  const kind = kindOf(base!, family!, system)
  const typmod = Number(modifier)
  const counter = identity !== '' || (initial !== null && /^nextval\(/i.test(initial!))
  return {
    name: name!,
    type: type!,
    kind,
    nullable: nullable === 'true',
    generated: generated === 'true',
    counter,
    identityAlways: identity === 'a',
    hasDefault: initial !== null,
    ...(initial === null || counter || generated === 'true' ? {} : { defaultText: initial! }),
    range: (system && ranges[base!]) || null,
    length: lengthOf(kind, base!, typmod),
    precision: precisionOf(kind, typmod),
    scale: scaleOf(kind, typmod),
    ...(folds === null ? { foldsText: false } : { foldsText: true, folding: folds! }),
    ...(order === null ? {} : { textOrder: order! }),
    labels: labels === null ? null : (JSON.parse(labels!) as string[]),
  }
}

function kindOf(base: string, family: string, system: boolean): ColumnKind {
  if (family === 'e') return 'enum'
  if (base === 'citext') return 'text'
  return (system && kinds[base]) || 'native'
}

function lengthOf(kind: ColumnKind, base: string, typmod: number): number | null {
  if (base === 'name') return 63
  if (kind === 'text' && typmod >= 4) return typmod - 4
  return kind === 'bits' && typmod >= 0 ? typmod : null
}

/** A numeric with a negative scale has so many more digits before the point. */
function precisionOf(kind: ColumnKind, typmod: number): number | null {
  return kind === 'decimal' && typmod >= 4 ? ((typmod - 4) >> 16) - Math.min(0, numericScale(typmod)) : null
}

/** An eleven-bit number with a sign. */
function numericScale(typmod: number): number {
  return (((typmod - 4) & 0x7ff) ^ 1024) - 1024
}

function scaleOf(kind: ColumnKind, typmod: number): number | null {
  if (kind === 'decimal') return typmod >= 4 ? Math.max(0, numericScale(typmod)) : null
  if (kind === 'time' || kind === 'datetime' || kind === 'instant') return typmod >= 0 ? typmod : 6
  return null
}

function foreignKey(row: Row, defaultSchema: string | null): ForeignKey {
  const [
    name,
    ,
    childSchema,
    child,
    childColumns,
    ,
    parentSchema,
    parent,
    parentColumns,
    onDelete,
    onUpdate,
  ] = row
  const ref = (schema: string, table: string): TableRef => ({
    schema: schema === defaultSchema ? null : schema,
    name: table,
  })
  return {
    name: name!,
    child: ref(childSchema!, child!),
    childColumns: JSON.parse(childColumns!) as string[],
    parent: ref(parentSchema!, parent!),
    parentColumns: JSON.parse(parentColumns!) as string[],
    onDelete: actions[onDelete!]!,
    onUpdate: actions[onUpdate!]!,
  }
}

/** Bits of `pg_trigger.tgtype`. */
function trigger([, name, bits]: Row): Trigger {
  const type = Number(bits)
  const events = [
    type & 4 ? 'insert' : '',
    type & 16 ? 'update' : '',
    type & 8 ? 'delete' : '',
    type & 32 ? 'truncate' : '',
  ]
  const timing = type & 64 ? 'instead of' : type & 2 ? 'before' : 'after'
  return { name: name!, timing, event: events.filter((event) => event !== '').join(' or ') }
}
