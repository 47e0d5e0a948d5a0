// PostgreSQL: the functions that put journal and fence into a statement of the app, or before its COMMIT: one for a single change, which is
// called for each row that a statement returns, and one for several. Their plans are kept by the session, so that a write pays for
// neither parsing nor planning of what is ours. Upholds W3, W8.
//
// Under READ COMMITTED the fence is read by a plain SELECT: its table lock lasts until the end of the transaction, and the
// statement's snapshot is newer than that lock. At other levels the snapshot may be older, so the row is locked, which is an
// error when it has changed since (PROTOCOL 5.11, C30).

import { literal } from './quoting.ts'

/** SQLSTATE of a refusal by the fence: a class of our own. */
export const refusedState = 'TW001'

/** SQL of what is journaled: texts, or arrays of texts. */
interface Journaled {
  readonly table: string
  readonly key: string
  readonly op: string
}

/** Migration, cohort, then table, key and op of the change or of all changes, then the epoch. */
const parameters = {
  row: 'text, text, text, text, text, bigint',
  keys: 'text, text, text[], text[], text[], bigint',
} as const

type Form = keyof typeof parameters
const forms = Object.keys(parameters) as Form[]

/** @param journal quoted name of the journal table, beside which the functions stand */
function functionName(journal: string, form: Form): string {
  return `${journal.slice(0, -1)}_${form}"`
}

export function createJournalFunctions(journal: string, fence: string): string[] {
  return forms.map((form) => createFunction(journal, fence, form))
}

export function dropJournalFunctions(journal: string): string[] {
  return forms.map((form) => `DROP FUNCTION IF EXISTS ${functionName(journal, form)}(${parameters[form]})`)
}

/** Gives the first key. */
function createFunction(journal: string, fence: string, form: Form): string {
  const [values, from, first] =
    form === 'row'
      ? ['$3, $4, $5', '', '$4']
      : ['c.tbl, c.row_key, c.op', ' CROSS JOIN unnest($3, $4, $5) AS c(tbl, row_key, op)', '$4[1]']
  const insert = (open: string): string =>
    `INSERT INTO ${journal} (migration, cohort, tbl, row_key, op, epoch) SELECT $1, $2, ${values}, $6 FROM ${open}${from}`
  const where = `f.migration = $1 AND f.cohort = $2 AND f.role = 'primary' AND f.epoch = $6`
  return `CREATE OR REPLACE FUNCTION ${functionName(journal, form)}(${parameters[form]}) RETURNS text LANGUAGE plpgsql AS $_tw_$
BEGIN
  IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
    ${insert(`${fence} AS f`)} WHERE ${where};
  ELSE
    BEGIN
      ${insert(`(SELECT 1 FROM ${fence} AS f WHERE ${where} FOR SHARE OF f) AS f`)};
    EXCEPTION WHEN serialization_failure THEN
      RAISE EXCEPTION 'twinwrite: the fence has changed' USING ERRCODE = '${refusedState}';
    END;
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'twinwrite: the fence refuses epoch %', $6 USING ERRCODE = '${refusedState}';
  END IF;
  RETURN ${first};
END $_tw_$`
}

export function journalCall(
  journal: string,
  owner: { readonly migration: string; readonly cohort: string },
  changes: readonly Journaled[],
  epoch: string,
): string {
  const [only] = changes
  const form = changes.length === 1 ? 'row' : 'keys'
  const list = (name: keyof Journaled): string =>
    form === 'row' ? only![name] : `ARRAY[${changes.map((change) => change[name]).join(', ')}]`
  const names = `${literal(owner.migration)}, ${literal(owner.cohort)}`
  return `${functionName(journal, form)}(${names}, ${list('table')}, ${list('key')}, ${list('op')}, ${epoch})`
}
