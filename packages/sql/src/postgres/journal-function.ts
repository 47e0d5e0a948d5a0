// PostgreSQL: the function that puts journal and fence into a statement of the app, or before its COMMIT. Its plans are kept by the session,
// so that a write pays for neither parsing nor planning of what is ours. Upholds W3, W8.
//
// Under READ COMMITTED the fence is read by a plain SELECT: its table lock lasts until the end of the transaction, and the
// statement's snapshot is newer than that lock. At other levels the snapshot may be older, so the row is locked, which is an
// error when it has changed since (PROTOCOL 5.11, C30).

import { literal } from './quoting.ts'

/** SQLSTATE of a refusal by the fence: a class of our own. */
export const refusedState = 'TW001'

/** @param journal quoted name of the journal table, beside which the function stands */
export function journalFunction(journal: string): string {
  return `${journal.slice(0, -1)}_keys"`
}

/** Takes migration, cohort, then tables, keys and ops of the changes, then the epoch; gives the first key. */
const parameters = 'text, text, text[], text[], text[], bigint'

export function createJournalFunction(journal: string, fence: string): string {
  const insert = (open: string): string =>
    `INSERT INTO ${journal} (migration, cohort, tbl, row_key, op, epoch) SELECT $1, $2, c.tbl, c.row_key, c.op, $6` +
    ` FROM ${open} CROSS JOIN unnest($3, $4, $5) AS c(tbl, row_key, op)`
  const where = `f.migration = $1 AND f.cohort = $2 AND f.role = 'primary' AND f.epoch = $6`
  return `CREATE OR REPLACE FUNCTION ${journalFunction(journal)}(${parameters}) RETURNS text LANGUAGE plpgsql AS $_tw_$
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
  RETURN $4[1];
END $_tw_$`
}

export function dropJournalFunction(journal: string): string {
  return `DROP FUNCTION IF EXISTS ${journalFunction(journal)}(${parameters})`
}

/** @param tables @param keys @param ops SQL of one array each */
export function journalCall(
  journal: string,
  owner: { readonly migration: string; readonly cohort: string },
  [tables, keys, ops]: readonly [tables: string, keys: string, ops: string],
  epoch: string,
): string {
  const names = `${literal(owner.migration)}, ${literal(owner.cohort)}`
  return `${journalFunction(journal)}(${names}, ARRAY[${tables}], ARRAY[${keys}], ARRAY[${ops}], ${epoch})`
}
