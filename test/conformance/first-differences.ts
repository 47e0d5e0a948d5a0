// Where two values differ, as `path: actual instead of expected`: whole results are too long to read.

import { isDescribedError } from './describe-error.ts'
import { inspect, isDeepStrictEqual } from 'node:util'

/** Up to `most` places; empty when the two are deeply and strictly equal. */
export function firstDifferences(expected: unknown, actual: unknown, most = 4): string[] {
  const found: string[] = []
  collect(expected, actual, '', found, most)
  return found
}

function collect(expected: unknown, actual: unknown, path: string, found: string[], most: number): void {
  if (found.length >= most || isDeepStrictEqual(expected, actual)) return
  if (isInner(expected) && isInner(actual) && isDescribedError(expected) === isDescribedError(actual)) {
    const before = found.length
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const [here, there] = [expected[name], actual[name]]
      collect(here, there, `${path}${/^\d+$/.test(name) ? `[${name}]` : `.${name}`}`, found, most)
    }
    if (found.length > before) return
  }
  found.push(`${path === '' ? 'result' : path}: ${show(actual)} instead of ${show(expected)}`)
}

function isInner(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !ArrayBuffer.isView(value)
}

const show = (value: unknown): string =>
  isDescribedError(value) ? `the error ${value.name}: ${value.message}` : inspected(value)

const inspected = (value: unknown): string =>
  inspect(value, { depth: 3, breakLength: Infinity, maxStringLength: 300, maxArrayLength: 6 }).slice(0, 700)
