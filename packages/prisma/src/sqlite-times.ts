// Times as Prisma writes them into SQLite, `2026-01-31T12:00:00.000+00:00` or milliseconds since 1970, and as other engines read
// them. SQLite compares what is stored, so rows that come from another engine must have Prisma's own form to be found by
// its conditions.

/** The other engine's column: what `@db.` says in its schema; null: a time without a zone. */
export type NativeTime = string | null

/** Option `timestampFormat` of the driver adapter. */
export type TimeFormat = 'iso8601' | 'unixepoch-ms'

const written = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/

/** Canonical text of another engine's column to SQLite's canonical text of what Prisma writes. */
export function toPrismaTime(format: TimeFormat): (text: string | null) => string | null {
  return format === 'iso8601' ? toPrismaText : toPrismaNumber
}

/** Canonical texts with three zeros behind the milliseconds are stored as integers. @throws RangeError */
function toPrismaNumber(text: string | null): string | null {
  const iso = toPrismaText(text)
  const [, day, time, fraction = ''] = iso === null ? [] : (written.exec(iso) ?? [])
  if (day === undefined) return iso
  if (fraction.length > 3) throw new RangeError(`unixepoch-ms keeps no more than milliseconds of ${iso}`)
  return `${day} ${time}.${fraction}000`
}

function toPrismaText(text: string | null): string | null {
  if (text === null) return null
  if (/^-?\d+$/.test(text)) return instantText(BigInt(text))
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00.000+00:00`
  if (/^\d\d:\d\d:\d\d/.test(text)) return toPrismaText(`1970-01-01 ${text}`)
  const [, day, time, fraction = ''] = written.exec(text) ?? []
  return day === undefined ? text : `${day}T${time}.${fraction.padEnd(3, '0')}+00:00`
}

/** SQLite's canonical text to that of the other engine's column. */
export function fromPrismaTime(native: NativeTime): (text: string | null) => string | null {
  return (text) => {
    const found = text === null ? null : written.exec(text)
    if (text === null || found === null) return text
    const [, day, time, fraction = '', zone = 'Z'] = found
    if (zone !== 'Z' && zone !== '+00:00') return fromPrismaTime(native)(isoText(Date.parse(text)))
    if (native === 'Date') return day!
    const digits = fraction.replace(/0+$/, '')
    const clock = digits === '' ? time! : `${time}.${digits}`
    if (native === 'Time' || native === 'Timetz') return clock
    if (native !== 'Timestamptz' && native !== 'Timestamp') return `${day} ${clock}`
    const seconds = Date.parse(`${day}T${time}Z`) / 1000
    return String(BigInt(seconds) * 1_000_000n + BigInt(digits.padEnd(6, '0').slice(0, 6)))
  }
}

function instantText(microseconds: bigint): string {
  const rest = ((microseconds % 1000n) + 1000n) % 1000n
  const iso = isoText(Number((microseconds - rest) / 1000n))
  return rest === 0n ? iso : iso.replace('+', `${String(rest).padStart(3, '0')}+`)
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '+00:00')
}
