// What a call answered or failed with, in a form that can be compared between two databases: without object identifiers of a
// server, and (after the switch) without the text of the statement.

export interface OutcomeOptions {
  /** The statement's text is the target's, so texts of errors can't be the same. */
  readonly otherText: boolean
}

export async function outcomeOf(run: () => PromiseLike<unknown>, options: OutcomeOptions): Promise<unknown> {
  try {
    return { value: comparable(await run()) }
  } catch (error) {
    return { error: comparableError(error, options) }
  }
}

function comparable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || Buffer.isBuffer(value))
    return value
  if (Array.isArray(value)) return value.map(comparable)
  if ('rowCount' in value && 'fields' in value) return comparablePgResult(value as PgResult)
  // A column's definition of mysql2.
  if ('columnType' in value && 'name' in value) return { name: value.name, columnType: value.columnType }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, comparable(one)]))
}

interface PgResult {
  readonly command: string
  readonly rowCount: number | null
  readonly oid: number | null
  readonly rows: readonly unknown[]
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[]
}

function comparablePgResult(result: PgResult): unknown {
  const { command, rowCount, oid, rows, fields } = result
  return {
    members: Object.keys(result),
    kind: result.constructor.name,
    command,
    rowCount,
    oid,
    rows: rows.map(comparable),
    fields: fields.map(({ name, dataTypeID }) => ({ name, dataTypeID })),
  }
}

function comparableError(error: unknown, { otherText }: OutcomeOptions): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, ...rest } = error as Error & Record<string, unknown>
  const kept = ['code', 'errno', 'sqlState', 'severity', 'routine', 'timeout'].filter(
    (member) => member in rest,
  )
  return {
    kind: error.constructor.name,
    name,
    members: Object.keys(error).sort(),
    ...Object.fromEntries(kept.map((member) => [member, rest[member]])),
    ...(otherText
      ? {}
      : {
          message: message.replaceAll(/\btw_\d+_[0-9a-f]+/g, 'database'),
          position: rest['position'],
          detail: rest['detail'],
        }),
  }
}
