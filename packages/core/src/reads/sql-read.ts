// What a text reads, if it is certain that running it once more, on the other side, changes nothing and means the same there: every table
// is mapped, nothing is locked, and every function is known to be pure. Errs on the side of "not certain".

import { Cursor } from '../scan/cursor.ts'
import { lex } from '../scan/lexer.ts'
import { scan } from '../scan/cache.ts'
import type { ScanDialect, TableName } from '../scan/statement.ts'
import { mark, tk, Tokens } from '../scan/token.ts'
import { commonTables } from '../scan/with.ts'

export interface SqlRead {
  /** Names of the mappings. */
  readonly tables: readonly string[]
  /** Whether its rows come in an order: an ORDER BY stands outside of all parentheses. */
  readonly ordered: boolean
}

/** @param mappingOf name of the mapping of a table; undefined: it is not mapped, or does not mean the same on both sides */
export function sqlRead(
  sql: string,
  dialect: ScanDialect,
  mappingOf: (table: TableName) => string | undefined,
): SqlRead | null {
  const scanned = scan(sql, dialect)
  if (scanned.kind !== 'read' || scanned.locks || scanned.tables.length === 0) return null
  const words = wordsOf(sql, dialect)
  if (words === null || !isSelect(words[0]) || !isRepeatable(words)) return null
  const defined = commonTables(new Cursor(own, dialect, own.count))
  // Which of the two is meant depends on the place.
  if (defined.some((table) => mappingOf(table) !== undefined)) return null
  const tables = new Set<string>()
  for (const table of scanned.tables) {
    if (isDefined(table, defined)) continue
    const mapping = mappingOf(table)
    if (mapping === undefined) return null
    tables.add(mapping)
  }
  const ordered = new Set(
    words.flatMap(({ text, group }, at) => (text === 'order' && words[at + 1]?.text === 'by' ? [group] : [])),
  )
  // Which rows come is up to the database.
  if (words.some(({ text, group }) => cuts.has(text) && !ordered.has(group))) return null
  return tables.size === 0 ? null : { tables: [...tables], ordered: ordered.has(outside) }
}

/** A table of the WITH clause; a name that stands in front of its definition is another table. */
function isDefined({ schema, name, range }: TableName, defined: readonly TableName[]): boolean {
  return schema === null && defined.some((one) => one.name === name && one.range.start < range.start)
}

interface Word {
  readonly text: string
  /** Whether `(` follows. */
  readonly calls: boolean
  /** The parenthesis that it stands in: the index of its token. */
  readonly group: number
}

/** Of words in no parenthesis. */
const outside = -1

const own = new Tokens()

/** Unquoted words in lower case; null where the text holds something that no plain query has. */
function wordsOf(sql: string, dialect: ScanDialect): Word[] | null {
  if (lex(sql, dialect, own) !== null) return null
  const words: Word[] = []
  const groups = [outside]
  for (let at = 0; at < own.count; at++) {
    const kind = own.kind[at]
    if (own.code[at] === mark.open) groups.push(at)
    if (own.code[at] === mark.close) groups.pop()
    const calls = own.code[at + 1] === mark.open
    // Variables of MySQL; functions with quoted names, or of a schema.
    if (own.code[at] === mark.at) return null
    if (kind === tk.string && moments.test(own.text(at))) return null
    if (kind === tk.name && calls) return null
    if (kind !== tk.word) continue
    if (calls && at > 0 && own.code[at - 1] === mark.dot) return null
    const text = own.text(at).toLowerCase()
    if (calls && own.code[at + 2] === mark.close && !withoutArguments.has(text)) return null
    words.push({ text, calls, group: groups.at(-1) ?? outside })
  }
  return words
}

function isSelect(first: Word | undefined): boolean {
  return first?.text === 'select' || first?.text === 'with'
}

function isRepeatable(words: readonly Word[]): boolean {
  return words.every(({ text, calls }) => !volatile.has(text) && (!calls || pure.has(text)))
}

/** Texts that a database takes for the present time. */
const moments = /^'(?:now|today|tomorrow|yesterday|current_\w+|localtime\w*)'$/i

/** Others tell the present time then. */
const withoutArguments = new Set(
  'count row_number rank dense_rank percent_rank cume_dist pi over json_array json_object json_build_array json_build_object jsonb_build_array jsonb_build_object'.split(
    ' ',
  ),
)

const cuts = new Set(['limit', 'offset', 'fetch'])

/** Words that stand for a value which is another one every time, or a sample of rows. */
const volatile = new Set(
  'current_date current_time current_timestamp current_user session_user user localtime localtimestamp utc_date utc_time utc_timestamp sysdate current_role current_catalog current_schema tablesample'.split(
    ' ',
  ),
)

/** Words of the language that a parenthesis may follow, and functions whose result depends on their arguments alone. */
const pure = new Set(
  [
    'select from where and or not in exists any all some as on using join lateral union except intersect values with materialized case when then else end between like ilike is order by having limit offset distinct over filter within group partition interval returning array row cast convert extract',
    'count sum avg min max every bool_and bool_or bit_and bit_or stddev stddev_pop stddev_samp variance var_pop var_samp std group_concat string_agg array_agg json_agg jsonb_agg json_arrayagg json_objectagg json_object_agg jsonb_object_agg json_group_array json_group_object total',
    'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
    'coalesce nullif ifnull if iif greatest least isnull',
    'abs ceil ceiling floor round trunc truncate mod power pow sqrt sign exp ln log log10 log2 pi',
    'lower upper lcase ucase length char_length character_length octet_length bit_length substring substr left right trim ltrim rtrim btrim lpad rpad replace reverse repeat concat concat_ws position strpos instr locate initcap split_part regexp_replace regexp_like ascii chr char hex unhex to_hex md5 sha1 sha2 encode decode quote',
    'date time timestamp datetime date_trunc date_part year quarter month week weekday day dayofmonth dayofweek dayofyear hour minute second microsecond date_format to_char to_date to_number to_timestamp date_add date_sub adddate subdate datediff timestampdiff timestampadd from_unixtime strftime julianday str_to_date make_date last_day',
    'json_extract json_unquote json_value json_object json_array json_contains json_contains_path json_length json_type json_valid json_search json_keys json_build_object json_build_array jsonb_build_object jsonb_build_array jsonb_array_length json_array_length jsonb_extract_path jsonb_extract_path_text json_extract_path json_extract_path_text to_json to_jsonb row_to_json jsonb_typeof json_typeof jsonb_set json_set json_quote',
    'array_length cardinality array_position array_to_string unnest any_value grouping field find_in_set elt format binary signed unsigned decimal numeric varchar nvarchar nchar',
  ].flatMap((line) => line.split(' ')),
)
