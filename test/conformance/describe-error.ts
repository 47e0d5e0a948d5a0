// An error as data: everything of it that an app can rely on. Left out are the stack and what drivers tell about the
// server's source code.

export interface DescribedError {
  readonly describedError: true
  readonly name: string
  readonly message: string
  readonly [property: string]: unknown
}

const ofTheServer = new Set(['file', 'line', 'routine', 'stack', 'length'])

export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { describedError: true, name: 'no error', message: String(error) }
  return {
    ...propertiesOf(error),
    describedError: true,
    name: error.name,
    message: String(withoutChance(error.message)),
  }
}

function propertiesOf(error: Error): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(error)
      .filter(([name, value]) => !ofTheServer.has(name) && value !== undefined)
      .map(([name, value]): [string, unknown] => [name, withoutChance(value)]),
  )
}

/** Each client has a database of its own, whose random name some messages tell, and Knex numbers its savepoints. */
function withoutChance(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/tw_\d+_[\da-f]+/g, 'database').replaceAll(/\btrx\d+\b/g, 'trx')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  // An ORM's error may hold the driver's.
  if (value instanceof Error) return { ...propertiesOf(value), cause: withoutChance(value.cause) }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [name, withoutChance(member)]),
  )
}

export function isDescribedError(value: unknown): value is DescribedError {
  return typeof value === 'object' && value !== null && 'describedError' in value
}

const violations: readonly [name: string, codes: readonly unknown[], message?: RegExp][] = [
  [
    'unique',
    ['23505', 'ER_DUP_ENTRY', '1062', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'P2002'],
  ],
  [
    'foreign key',
    [
      '23503',
      'ER_NO_REFERENCED_ROW_2',
      'ER_ROW_IS_REFERENCED_2',
      '1451',
      '1452',
      'SQLITE_CONSTRAINT_FOREIGNKEY',
      'P2003',
    ],
  ],
  [
    'not null',
    [
      '23502',
      'ER_BAD_NULL_ERROR',
      '1048',
      '1364',
      'ER_NO_DEFAULT_FOR_FIELD',
      'SQLITE_CONSTRAINT_NOTNULL',
      'P2011',
    ],
  ],
  ['too long', ['22001', 'ER_DATA_TOO_LONG', '1406', 'P2000']],
  ['unknown table', ['42P01', 'ER_NO_SUCH_TABLE', '1146', 'P2021'], /no such table/],
  ['unknown column', ['42703', 'ER_BAD_FIELD_ERROR', '1054', 'P2022'], /no such column/],
]

/** What two engines agree on about an error: which rule was broken. */
export function violationOf(error: DescribedError): string {
  const found = violations.find(
    ([, codes, message]) => codes.includes(codeOf(error)) || message?.test(error.message),
  )
  return found === undefined ? `${error.name}: ${error.message}` : found[0]
}

/** Prisma has one code for all errors of raw SQL, and keeps the driver's own. */
function codeOf(error: DescribedError): unknown {
  if (error['code'] !== 'P2010') return error['code']
  const { driverAdapterError } = error['meta'] as {
    driverAdapterError?: { cause?: { originalCode?: unknown } }
  }
  return driverAdapterError?.cause?.originalCode
}
