// What a value can lose on its way from a column to its counterpart (DESIGN section 5). Since the sides exchange their roles, a pair
// of columns is asked in both directions. A *loss* must be accepted by name; a *caution* concerns values that the other engine
// refuses (never changes), so that their rows would be blocked where everybody sees them.
// Upholds W5 and W11: what is not named here arrives unchanged.

import type { Column, ColumnKind, EngineName } from '../catalog.ts'

/** A column with what its own description doesn't tell. */
export interface EngineColumn {
  readonly column: Column
  readonly engine: EngineName
}

/** Kinds to whose columns a canonical text of a kind can be brought at all; symmetric. Everything else needs `up` and `down`. */
const carried: Record<ColumnKind, readonly ColumnKind[]> = {
  integer: ['integer', 'decimal', 'float32', 'float64', 'boolean', 'text'],
  decimal: ['decimal', 'integer', 'float32', 'float64', 'text'],
  float32: ['float32', 'float64', 'integer', 'decimal', 'text'],
  float64: ['float64', 'float32', 'integer', 'decimal', 'text'],
  text: [
    ...(['text', 'integer', 'decimal', 'float32', 'float64', 'uuid', 'boolean', 'date'] as const),
    ...(['time', 'datetime', 'json', 'bits', 'enum', 'native'] as const),
  ],
  bytes: ['bytes', 'uuid'],
  uuid: ['uuid', 'text', 'bytes'],
  boolean: ['boolean', 'integer', 'bits', 'text'],
  date: ['date', 'datetime', 'text'],
  time: ['time', 'text'],
  datetime: ['datetime', 'instant', 'date', 'text'],
  instant: ['instant', 'datetime'],
  json: ['json', 'text'],
  bits: ['bits', 'boolean', 'text'],
  enum: ['enum', 'text'],
  native: ['native', 'text'],
}

/** Whether twinwrite can carry values between two columns without a conversion of the user's. */
export function canCarry(from: EngineColumn, to: EngineColumn): boolean {
  const [a, b] = [from.column.kind, to.column.kind]
  if (a === 'native' && b === 'native') return isNamesake(from, to)
  return carried[a].includes(b)
}

/** Types of an engine's own whose names differ at most in schema and modifiers: of two others one may read a text in its own way. */
function isNamesake(from: EngineColumn, to: EngineColumn): boolean {
  return family(from.engine) === family(to.engine) && bareName(from) === bareName(to)
}

function bareName({ column: { type } }: EngineColumn): string {
  return type.replace(/^("(?:[^"]|"")*"|[^".()]+)\./, '').replace(/\([^()]*\)/, '')
}

/**
 * What values of `from` can lose in `to`, as phrases; empty when every value arrives unchanged.
 * `identifies`: the column belongs to the key or to a unique key, so that the two sides must agree about which texts are equal.
 */
export function losses(from: EngineColumn, to: EngineColumn, identifies: boolean): string[] {
  const found = lossesByKind(from, to)
  if (identifies) found.push(...foldingLosses(from, to))
  return found
}

function lossesByKind(from: EngineColumn, to: EngineColumn): string[] {
  const [a, b] = [from.column, to.column]
  switch (b.kind) {
    case 'integer':
      return toInteger(a, b)
    case 'decimal':
      return toDecimal(a, b)
    case 'float32':
      return [...toFloat(a, 24, 6, 'a 32-bit float'), ...digitsBeyond(a, b)]
    case 'float64':
      return [...toFloat(a, 53, 15, 'a 64-bit float'), ...digitsBeyond(a, b)]
    case 'text':
      return a.kind === 'text'
        ? [...tooLong(a, b, 'characters'), ...padding(a, b), ...toSet(a, b)]
        : [`the type ${a.type}: kept as its canonical text`, ...toSet(a, b)]
    case 'bytes':
      if (a.kind === 'uuid') return b.length === null || b.length >= 16 ? [] : ['16 bytes of a UUID']
      return [...tooLong(a, b, 'bytes'), ...zeroPadding(a, b)]
    case 'uuid':
      if (a.kind === 'bytes')
        return isFixed(a) && a.length === 16 ? [] : ['byte strings that are not 16 bytes long']
      return a.kind === 'uuid' ? [] : ['texts that are not a lower-case UUID']
    case 'boolean':
      if (a.kind === 'integer') return ['integers other than 0 and 1']
      if (a.kind === 'bits') return bitCount(a) === 1 ? [] : ['bit strings other than 0 and 1']
      return a.kind === 'boolean' ? [] : ['texts other than "true" and "false"']
    case 'bits':
      return toBits(a, b)
    case 'date':
      return a.kind === 'datetime' ? ['the time of day'] : fromText(a, 'a date')
    case 'time':
      return [...fromText(a, 'a time of day'), ...fractions(a, b)]
    case 'datetime':
      return [...fromText(a, 'a date and time'), ...zone(a, b), ...fractions(a, b)]
    case 'instant':
      return [...zone(a, b), ...fractions(a, b)]
    case 'json':
      return [...fromText(a, 'JSON, and how JSON is written'), ...jsonNumbers(from, to)]
    case 'enum':
      return toEnum(a, b)
    case 'native':
      return toNative(from, to)
    default:
      return b.kind satisfies never
  }
}

const nul = 'texts with a NUL character'
const strays = 'values that are not of the declared type'
const raw = 'texts that are not valid UTF-8'

/** Cautions that come of the two engines, whatever the column. */
export const ofEngines: ReadonlySet<string> = new Set([nul, strays, raw])

/** What `to` refuses (never changes) although `from` can hold it, as phrases. */
export function cautions(from: EngineColumn, to: EngineColumn): string[] {
  const [a, b] = [from.column, to.column]
  const found: string[] = []
  if (a.nullable && !b.nullable) found.push('NULL')
  if (a.kind === b.kind) found.push(...unheld(from, to))
  if (a.kind === 'boolean' && b.kind === 'integer' && family(from.engine) === 'mysql')
    found.push(...outside(tinyint, b.range))
  if (a.kind === 'boolean' && b.kind === 'bits' && from.engine !== 'postgres')
    found.push('integers other than 0 and 1')
  if (inexact.has(a.kind) && inexact.has(b.kind)) found.push(...unheldNumbers(from, to))
  if (dated.has(a.kind) && dated.has(b.kind)) found.push(...unheldDates(from, to))
  return found
}

/** What a TINYINT(1) of MySQL holds. */
const tinyint = { min: '-128', max: '127' }
const inexact: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['decimal', 'float32', 'float64'])
const dated: ReadonlySet<ColumnKind> = new Set<ColumnKind>(['date', 'datetime', 'instant'])

/** What a type of one kind has on one engine and has not on another. */
function unheld(from: EngineColumn, to: EngineColumn): string[] {
  const way = `${family(from.engine)}>${family(to.engine)}`
  const fromOther = from.engine !== 'postgres' && to.engine === 'postgres'
  switch (to.column.kind) {
    case 'boolean':
      return fromOther ? ['integers other than 0 and 1'] : stray(from, to)
    case 'text':
      return [...(fromOther ? [nul] : []), ...charset(from, to), ...stray(from, to, raw)]
    case 'uuid':
      return from.engine === 'sqlite' && to.engine !== 'sqlite'
        ? ['texts that are not a lower-case UUID']
        : []
    case 'time':
      return way === 'mysql>postgres' ? ['times below 00:00:00 or above 24:00:00'] : stray(from, to)
    case 'json':
      return [
        ...(isParsedJson(to) && !isParsedJson(from) ? ['JSON objects with a key twice'] : []),
        ...(to.column.type === 'jsonb' && from.column.type !== 'jsonb' ? ['JSON strings with \\u0000'] : []),
        ...stray(from, to),
      ]
    default:
      return stray(from, to)
  }
}

/** Character sets that hold not all of Unicode. */
function charset(from: EngineColumn, to: EngineColumn): string[] {
  const [given, taken] = [from, to].map(({ column: { type } }) => /CHARACTER SET (\w+)/.exec(type)?.[1])
  const isWhole = taken === undefined || /^(utf8mb4|utf16|utf16le|utf32)$/.test(taken)
  return isWhole || given === taken ? [] : [`characters that ${taken} does not have`]
}

/** A column of SQLite takes values of any type. @param more that only it takes */
function stray(from: EngineColumn, to: EngineColumn, ...more: readonly string[]): string[] {
  return from.engine === 'sqlite' && to.engine !== 'sqlite' ? [strays, ...more] : []
}

function unheldNumbers(from: EngineColumn, to: EngineColumn): string[] {
  if (from.engine === to.engine || to.engine === 'postgres') return []
  const found: string[] = []
  if (family(from.engine) !== 'mysql') found.push('NaN and infinity')
  const isLong = from.column.kind === 'decimal' && (from.column.precision ?? Infinity) > 15
  if (to.engine === 'sqlite' && isLong) found.push('numbers of more digits than a 64-bit float holds')
  return found
}

function unheldDates(from: EngineColumn, to: EngineColumn): string[] {
  const found: string[] = []
  const ownInstants = from.column.kind === 'instant' && family(from.engine) === 'mysql'
  if (to.column.kind === 'instant' && family(to.engine) === 'mysql' && !ownInstants)
    found.push('instants before 1970 or after 2038-01-19')
  if (family(from.engine) === 'mysql' && to.engine === 'postgres') found.push('zero dates such as 0000-00-00')
  if (from.engine === 'postgres') {
    if (to.engine !== 'postgres') found.push('infinity and years outside 1 to 9999')
    else if (from.column.kind === 'datetime' && to.column.kind === 'instant')
      found.push('years before 1 or after 275760')
    else if (from.column.kind === 'instant' && to.column.kind === 'datetime')
      found.push('years before 1 or after 275760')
  }
  return found
}

/** Otherwise a document is kept as the text that it was written as. */
function isParsedJson({ engine, column: { type } }: EngineColumn): boolean {
  return engine === 'mysql' || (engine === 'postgres' && type !== 'json')
}

function toInteger(from: Column, to: Column): string[] {
  if (from.kind === 'text') return fromText(from, 'an integer')
  if (from.kind === 'boolean') return []
  if (from.kind === 'float32' || from.kind === 'float64') return ['fractions', ...outside(null, to.range)]
  if (from.kind !== 'decimal') return outside(from.range, to.range)
  const digits = integerDigits(from)
  const max = digits === null ? null : 10n ** BigInt(digits) - 1n
  const range = max === null ? null : { min: String(-max), max: String(max) }
  return [...(from.scale === 0 ? [] : ['fractions']), ...outside(range, to.range)]
}

type Range = Column['range']

function outside(from: Range, to: Range): string[] {
  if (to === null) return []
  const found: string[] = []
  if (from === null || BigInt(from.min) < BigInt(to.min)) found.push(`integers below ${to.min}`)
  if (from === null || BigInt(from.max) > BigInt(to.max)) found.push(`integers above ${to.max}`)
  return found
}

/** Digits before the point that a decimal holds; null: no limit. */
function integerDigits(column: Column): number | null {
  // A scale may be larger: such numbers begin behind the point.
  return column.precision === null ? null : Math.max(0, column.precision - (column.scale ?? 0))
}

/** A numeric of PostgreSQL whose scale is below zero: it holds hundreds, say. */
export function isCoarse({ type }: Column): boolean {
  return /^numeric\(\d+,-\d+\)$/.test(type)
}

function toDecimal(from: Column, to: Column): string[] {
  if (from.kind === 'text') return fromText(from, 'a decimal number')
  const most = integerDigits(to)
  const found = isCoarse(to) && from.type !== to.type ? [`digits that ${to.type} rounds`] : []
  if (most !== null && (integerDigitsOf(from) ?? Infinity) > most)
    found.push(`numbers with more than ${most} digits before the point`)
  if (
    to.scale !== null &&
    from.kind !== 'integer' &&
    (from.kind !== 'decimal' || from.scale === null || from.scale > to.scale)
  ) {
    found.push(`fraction digits beyond ${to.scale}`)
  }
  return found
}

function integerDigitsOf(column: Column): number | null {
  if (column.kind === 'decimal') return integerDigits(column)
  if (column.kind !== 'integer' || column.range === null) return null
  return Math.max(...[column.range.min, column.range.max].map((text) => text.replace('-', '').length))
}

function toFloat(from: Column, bits: number, digits: number, name: string): string[] {
  if (from.kind === 'text') return fromText(from, 'a number')
  if (from.kind === 'float32' || (from.kind === 'float64' && bits === 53)) return []
  const exact = 2n ** BigInt(bits)
  if (from.kind === 'integer' && from.range !== null) {
    if (BigInt(from.range.min) >= -exact && BigInt(from.range.max) <= exact) return []
  }
  if (from.kind === 'decimal' && from.precision !== null && from.precision <= digits) return []
  return [`digits that ${name} does not hold`]
}

/** FLOAT(M,D) and DOUBLE(M,D) of MySQL round to D digits. */
function digitsBeyond(from: Column, to: Column): string[] {
  if (to.scale === null || from.type === to.type) return []
  const most = (to.precision ?? 0) - to.scale
  return [`fraction digits beyond ${to.scale}`, `numbers with more than ${most} digits before the point`]
}

function tooLong(from: Column, to: Column, unit: string): string[] {
  if (to.length === null || (from.length !== null && from.length <= to.length)) return []
  return [`more than ${to.length} ${unit}`]
}

/** CHAR(n), BINARY(n) and BIT(n): every value is brought to the full length. */
function isFixed(column: Column): boolean {
  return /^(char|character|bpchar|binary|bit|nchar)\b(?! varying)/i.test(column.type)
}

function padding(from: Column, to: Column): string[] {
  return isFixed(to) && !isFixed(from) ? ['blanks at the end of a text'] : []
}

function zeroPadding(from: Column, to: Column): string[] {
  return isFixed(to) && !isFixed(from) ? ['the length of byte strings, which are filled with zero bytes'] : []
}

function fromText(from: Column, wanted: string): string[] {
  return from.kind === 'text' ? [`texts that are not ${wanted}`] : []
}

/** Bits that a bit string holds, from its length or its type's text (`bit` alone is one); null: no limit. */
function bitCount(column: Column): number | null {
  if (column.length !== null) return column.length
  const written = /\((\d+)\)/.exec(column.type)?.[1]
  return written === undefined ? (isFixed(column) ? 1 : null) : Number(written)
}

function toBits(from: Column, to: Column): string[] {
  if (from.kind === 'text') return fromText(from, 'a bit string')
  const most = bitCount(to)
  const count = from.kind === 'boolean' ? 1 : bitCount(from)
  const found: string[] = []
  if (most !== null && (count === null || count > most)) found.push(`more than ${most} bits`)
  if (isFixed(to) && (count !== most || (from.kind === 'bits' && !isFixed(from)))) {
    found.push('the length of bit strings, which are filled with zero bits')
  }
  return found
}

function zone(from: Column, to: Column): string[] {
  if (from.kind === 'datetime' && to.kind === 'instant') return ['local times, which are taken as UTC']
  if (from.kind === 'instant' && to.kind === 'datetime') return ['the zone: the time is written in UTC']
  return []
}

function fractions(from: Column, to: Column): string[] {
  if (from.kind === 'text' || from.kind === 'date' || to.scale === null) return []
  return from.scale !== null && from.scale <= to.scale
    ? []
    : [`fraction digits of seconds beyond ${to.scale}`]
}

function jsonNumbers(from: EngineColumn, to: EngineColumn): string[] {
  if (from.column.kind !== 'json' || to.engine !== 'mysql' || from.engine === 'mysql') return []
  return ['JSON numbers beyond 64-bit integers and doubles, which MySQL rounds']
}

function toEnum(from: Column, to: Column): string[] {
  if (from.kind === 'text') return [`texts other than its ${to.labels?.length ?? 0} labels`]
  const missing = (from.labels ?? []).filter((label) => !to.labels?.includes(label))
  return missing.length === 0 ? [] : [`labels ${missing.map((label) => JSON.stringify(label)).join(', ')}`]
}

/** A SET of MySQL takes lists of its labels, and makes another list of any other text, or of a number. */
function toSet(from: Column, to: Column): string[] {
  if (to.labels === null) return []
  const shared = to.labels.filter((label) => from.labels?.includes(label))
  if (from.kind === 'text' && from.labels?.join() === shared.join()) return []
  return [`texts that are not lists of its ${to.labels.length} labels, in their order`]
}

function toNative(from: EngineColumn, to: EngineColumn): string[] {
  if (from.column.kind === 'text') return [`texts that are not of type ${to.column.type}`]
  if (from.engine === to.engine && from.column.type === to.column.type) return []
  return [
    `values whose text differs between ${from.engine} ${from.column.type} and ${to.engine} ${to.column.type}`,
  ]
}

function foldingLosses(from: EngineColumn, to: EngineColumn): string[] {
  const [a, b] = [from.column, to.column]
  if (!b.foldsText) return []
  if (!a.foldsText)
    return ['texts that differ only in case, accents or trailing blanks, which count as equal there']
  if (a.folding !== undefined && a.folding === b.folding) return []
  return [
    from.engine === to.engine
      ? 'texts that its collation and that of the other side do not agree about'
      : `texts that the collations of ${from.engine} and ${to.engine} do not agree about`,
  ]
}

/** Engines with one set of types. */
function family(engine: EngineName): EngineName {
  return engine === 'mariadb' ? 'mysql' : engine
}
