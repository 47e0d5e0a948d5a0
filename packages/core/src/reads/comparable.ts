// One form for what drivers and ORMs of two engines give for the same value: numbers as numbers or texts, flags as 0 and 1, times as dates
// or texts, JSON parsed or not, bytes in several classes. What is equal in this form counts as the same.

/** Text of a value, list, or members by name. */
export type Comparable = string | readonly Comparable[] | ReadonlyMap<string, Comparable>

/** Values in one answer that are compared at most. */
const mostValues = 20_000

class TooMuch extends Error {}

/** Null for an answer with too many values, or one that can't be told. Keeps nothing of what it is given. */
export function comparable(answer: unknown): Comparable | null {
  let left = mostValues
  const form = (value: unknown): Comparable => {
    if (--left < 0) throw new TooMuch()
    if (typeof value === 'string') return ofText(value)
    if (typeof value !== 'object' || value === null) return ofScalar(value)
    if (Array.isArray(value)) return value.map(form)
    if (value instanceof Date) return ofTime(value)
    if (value instanceof Uint8Array) return `x${Buffer.from(value).toString('hex')}`
    const { toFixed, toJSON } = value as { toFixed?: unknown; toJSON?: unknown }
    if (typeof toFixed === 'function') return ofText(String(toFixed.call(value)))
    if (typeof toJSON === 'function') return form(toJSON.call(value))
    return new Map(
      Object.entries(value)
        .filter(([, member]) => member !== undefined && typeof member !== 'function')
        .map(([name, member]) => [name, form(member)]),
    )
  }
  const ofText = (text: string): Comparable => {
    const json = /^[[{]/.test(text) ? parsed(text) : undefined
    if (json !== undefined) return form(json)
    if (number.test(text)) return `n${plainNumber(text)}`
    const time = timeOf(text)
    return time === null ? `s${text}` : ofTime(time)
  }
  try {
    return form(answer)
  } catch (error) {
    // A getter of the app's own classes may throw anything.
    if (error instanceof Error) return null
    throw error
  }
}

/** Without zeros in front, which numbers in texts (of telephones, of post codes) keep. */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/
const zoned = /(?:Z|[+-]\d\d(?::?\d\d)?)$/

function ofScalar(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (typeof value === 'boolean') return value ? 'n1' : 'n0'
  if (typeof value === 'bigint') return `n${value}`
  if (typeof value !== 'number') return `s${String(value)}`
  const text = String(value)
  return number.test(text) ? `n${plainNumber(text)}` : `n${value}`
}

function plainNumber(text: string): string {
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return plain === '-0' ? '0' : plain
}

function ofTime(time: Date): string {
  const ms = time.getTime()
  return Number.isNaN(ms) ? 'sInvalid Date' : `t${time.toISOString()}`
}

/** A text without a zone as drivers read it: local time. */
function timeOf(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d|$)/.test(text)) return null
  const whole = text.length === 10 ? `${text}T00:00:00` : text.replace(' ', 'T')
  const time = new Date(zoned.test(whole.slice(10)) ? whole : whole.replace(/(\.\d{3})\d+$/, '$1'))
  return Number.isNaN(time.getTime()) ? null : time
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
