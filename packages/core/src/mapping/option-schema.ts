// Pieces of the config's schema whose messages say what an option takes, and the error made of them.

import { z } from 'zod'
import { TwinwriteError } from '../errors.ts'
import { didYouMean } from './suggest.ts'

/** An object that knows all its options: any other name is an error with the nearest known one. */
export function options<Shape extends z.ZodRawShape>(
  shape: Shape,
  expected: string,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? unknownOptions((issue.keys as string[] | undefined) ?? [], known)
        : expected,
  })
}

export function wholeNumber(what: string, min: number, max = 2 ** 31 - 1): z.ZodNumber {
  const error = `${what}: a whole number from ${min} to ${max}`
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

export function milliseconds(min: number): z.ZodNumber {
  return wholeNumber('milliseconds', min)
}

export function flag(): z.ZodBoolean {
  return z.boolean({ error: 'true or false' })
}

export function oneOf<const Names extends readonly [string, ...string[]]>(
  names: Names,
): z.ZodEnum<z.core.util.ToEnum<Names[number]>> {
  return z.enum(names, { error: `one of ${names.map((name) => JSON.stringify(name)).join(', ')}` })
}

export function functionOf<Function_>(signature: string): z.ZodType<Function_, Function_> {
  return z.custom<Function_>((value) => typeof value === 'function', { error: `a function ${signature}` })
}

/** An object whose own names are the user's (tables, columns), as a map: such a name may be `constructor` or `__proto__`. */
export function byName<Value extends z.ZodType>(
  value: Value,
  expected: string,
): z.ZodPreprocess<z.ZodMap<z.ZodString, Value>> {
  return z.preprocess(
    (input) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? new Map(Object.entries(input))
        : input,
    z.map(z.string(), value, { error: expected }),
  )
}

/** Adds an issue whose message says everything, without what was given. */
export function whole(context: z.RefinementCtx, path: readonly string[], message: string): void {
  context.addIssue({ code: 'custom', path: [...path], message, params: { complete: true } })
}

/** One error for all that is wrong with the config, each with the option's path and what was given. */
export function configError(error: z.ZodError, input: unknown): TwinwriteError {
  const messages = new Set(error.issues.map((issue) => describe(issue, input)))
  return new TwinwriteError('TW_CONFIG_INVALID', [...messages].join('; '))
}

const marker = 'unknown:'

function unknownOptions(names: readonly string[], known: readonly string[]): string {
  const texts = names.map((name) => {
    const guess = didYouMean(name, known).trim()
    return `${JSON.stringify(name)} is not an option (${guess === '' ? `known: ${known.join(', ')}` : guess})`
  })
  return marker + texts.join(', ')
}

function describe(issue: z.core.$ZodIssue, input: unknown): string {
  const { path, value } = locate(input, issue.path.map(String))
  const where = path.length === 0 ? 'the migration' : `option ${pathText(path)}`
  if (issue.message.startsWith(marker)) return `${where}: ${issue.message.slice(marker.length)}`
  if (issue.code === 'custom' && issue.params?.['complete'] === true) return `${where}: ${issue.message}`
  return `${where} is ${show(value)}; expected ${issue.message}`
}

function pathText(path: readonly string[]): string {
  return path
    .map((name, index) =>
      /^[A-Za-z_]\w*$/.test(name) ? (index === 0 ? name : `.${name}`) : `[${JSON.stringify(name)}]`,
    )
    .join('')
}

/** The value at a path; where the user wrote a short form (a name for an object), the path and value of that. */
function locate(input: unknown, path: readonly string[]): { path: readonly string[]; value: unknown } {
  let value = input
  for (const [index, name] of path.entries()) {
    if (typeof value === 'string') return { path: path.slice(0, index), value }
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return { path, value: undefined }
    value = (value as Record<string, unknown>)[name]
  }
  return { path, value }
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value)
  if (typeof value === 'symbol') return 'a symbol'
  const text = safeJson(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'missing'
  } catch {
    return 'an object'
  }
}
