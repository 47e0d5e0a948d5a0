import { expect, it } from 'vitest'
import { statementShape } from './shape.ts'

it.each([
  [
    'postgres',
    `UPDATE orders SET note = 'ann''s', n = n + 1 WHERE id = 17`,
    'UPDATE orders SET note = ? , n = n + ? WHERE id = ?',
  ],
  [
    'postgres',
    `insert into a.b (x, y) values ($1, $2), ($3, 'secret') -- ann`,
    'insert into a.b (x, y) values (?, ...), (?, ...)',
  ],
  [
    'mysql',
    'DELETE FROM `t` WHERE id IN (1, 2, 3) AND name = "ann"',
    'DELETE FROM `t` WHERE id IN (?, ...) AND name = ?',
  ],
  ['postgres', `SELECT $tag$secret$tag$`, 'SELECT ?'],
] as const)('shows a statement of %s without its values', (dialect, sql, shape) => {
  expect(statementShape(sql, dialect).replaceAll(' (', '(').replaceAll(' ,', ',')).toBe(
    shape.replaceAll(' (', '(').replaceAll(' ,', ','),
  )
})

it('shows nothing of a text behind the place where it can not be read any more', () => {
  expect(statementShape(`UPDATE t SET a = 'open secret`, 'postgres')).toBe('UPDATE t SET a = ...')
})
