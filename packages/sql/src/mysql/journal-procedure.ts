// MySQL and MariaDB: the procedure that puts journal, fence and COMMIT into one call. It gives back the session's last generated id, which
// its own entry has changed, so that the app still finds its own (W1). Upholds W3, W8.

import type { Change } from '@twinwrite/core'
import { hex, integer, literal } from './quoting.ts'
import { now, shared } from './sql-words.ts'

/** SQLSTATE of a refusal by the fence: a class of our own. */
export const refusedState = 'TW001'

/** @param journal quoted name of the journal table, beside which the procedure stands */
function procedure(journal: string): string {
  return `${journal.slice(0, -1)}_commit\``
}

export const journalColumns = '(migration, cohort, tbl, row_key, op, epoch, created_at)'

/** Entries out of a document of hexadecimal texts: the text of the statement is the same for any number of changes. */
export function documentRows(document: string): string {
  return (
    `(SELECT CONVERT(UNHEX(j.t) USING utf8mb4) AS tbl, UNHEX(j.k) AS row_key, j.o AS op FROM JSON_TABLE(${document}, '$[*]'` +
    ` COLUMNS (t LONGTEXT PATH '$[0]', k LONGTEXT PATH '$[1]', o VARCHAR(16) PATH '$[2]')) AS j)`
  )
}

export function documentOf(changes: readonly Change[]): string {
  return `[${changes.map(({ table, key, op }) => `["${hex(table)}","${hex(key)}","${op}"]`).join(',')}]`
}

export function createJournalProcedure(journal: string, fence: string): string {
  const name = 'VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
  const insert = (columns: string, source: string): string =>
    `INSERT INTO ${journal} ${journalColumns} SELECT _migration, _cohort, ${columns}, f.epoch, ${now} FROM ${fence} AS f${source}` +
    ` WHERE f.migration = _migration AND f.cohort = _cohort AND f.role = 'primary' AND f.epoch = _epoch ${shared}`
  return `CREATE PROCEDURE IF NOT EXISTS ${procedure(journal)}(_migration ${name}, _cohort ${name}, _tbl ${name}, _row_key MEDIUMBLOB,
  _op VARCHAR(16) CHARACTER SET ascii, _more LONGTEXT CHARACTER SET utf8mb4, _epoch BIGINT)
  MODIFIES SQL DATA SQL SECURITY INVOKER
BEGIN
  DECLARE _generated BIGINT UNSIGNED DEFAULT LAST_INSERT_ID();
  IF _more IS NULL THEN
    ${insert('_tbl, _row_key, _op', '')};
  ELSE
    ${insert('c.tbl, c.row_key, c.op', ` CROSS JOIN ${documentRows('_more')} AS c`)};
  END IF;
  IF ROW_COUNT() < 1 THEN
    SIGNAL SQLSTATE '${refusedState}' SET MESSAGE_TEXT = 'twinwrite: the fence refuses';
  END IF;
  DO LAST_INSERT_ID(_generated);
  COMMIT;
END`
}

export function dropJournalProcedure(journal: string): string {
  return `DROP PROCEDURE IF EXISTS ${procedure(journal)}`
}

export function journalAndCommit(
  journal: string,
  owner: { readonly migration: string; readonly cohort: string },
  changes: readonly Change[],
  epoch: number,
): string {
  const [first] = changes
  const rows =
    changes.length === 1
      ? `${literal(first!.table)}, x'${hex(first!.key)}', ${literal(first!.op)}, NULL`
      : `'', '', '', '${documentOf(changes)}'`
  return `CALL ${procedure(journal)}(${literal(owner.migration)}, ${literal(owner.cohort)}, ${rows}, ${integer(epoch)})`
}

// 1305 ER_SP_DOES_NOT_EXIST, 1370 ER_PROCACCESS_DENIED_ERROR
const unusable = new Set<unknown>([1305, 1370])

/** Whether the procedure is not there, or not for this user. The transaction is as it was. */
export function isUnusable(error: unknown): boolean {
  return unusable.has((error as { errno?: unknown }).errno)
}
