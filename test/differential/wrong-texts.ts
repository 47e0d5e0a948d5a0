// SQL that is wrong on purpose, for ORMs whose own calls would not let it through to the database.

import type { Wrong } from './program.ts'

export const wrongTexts: Readonly<Record<Wrong['what'], string>> = {
  function: 'SELECT nothing_like_that(1)',
  column: 'UPDATE items SET nothing = 1 WHERE id = 1',
  syntax: 'SELECT n FROM items WHERE ORDER BY',
  null: 'UPDATE items SET code = NULL WHERE id = 1',
  long: `INSERT INTO words (word, n) VALUES ('${'w'.repeat(70)}', 1)`,
  range: `UPDATE words SET n = 9876543210 WHERE word = 'w1'`,
}
