// What a call answered or failed with, in a form that can be compared between two databases: without generated keys and
// without the time of day.

/** Ids of the shop's counters are greater than every other number of the tests. */
const leastId = 10_000
const cuid = /^c[a-z0-9]{24}$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
/** Keys that the tests give themselves. */
const given = /^(?:0b9b1c9e|6f1e0f5c)-/

/** @param withMessage whether the same engine and the same names must give the same text */
export async function outcomeOf(run: () => PromiseLike<unknown>, withMessage: boolean): Promise<unknown> {
  try {
    return { value: comparable(await run()) }
  } catch (error) {
    const { constructor, message, code, meta } = error as Error & { code?: unknown; meta?: unknown }
    const kept = { kind: constructor.name, code }
    return withMessage ? { ...kept, message: lastLine(message), meta: comparable(meta) } : kept
  }
}

/** The text above it shows the place of the call. */
function lastLine(message: string): string {
  return message.trim().split('\n').at(-1)!
}

/** Generated keys as their number in the order of their first appearance. */
export function comparable(value: unknown, seen = new Map<unknown, string>()): unknown {
  const token = (key: unknown): string => {
    if (!seen.has(key)) seen.set(key, `#${seen.size}`)
    return seen.get(key)!
  }
  if (typeof value === 'number' && Number.isInteger(value) && value > leastId) return token(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') {
    if (cuid.test(value) || (uuid.test(value) && !given.test(value))) return token(value)
    if (/^[1-9]\d{4}$/.test(value)) return token(Number(value))
    return isNow(value) ? 'now' : value
  }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return isNow(value.toISOString()) ? 'now' : value.toISOString()
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map((one) => comparable(one, seen))
  if (value.constructor.name.startsWith('Decimal')) return `decimal ${String(value)}`
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, comparable(one, seen)]))
}

/** Rows of tables without generated keys, in an order of their own. */
export function withoutKeys(tables: Record<string, readonly unknown[]>): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [
      name,
      rows.map((row) => JSON.stringify(comparable(row)).replaceAll(/#\d+/g, '#')).toSorted(),
    ]),
  )
}

function isNow(text: string): boolean {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) && Math.abs(Date.parse(text) - Date.now()) < 86_400_000
}
