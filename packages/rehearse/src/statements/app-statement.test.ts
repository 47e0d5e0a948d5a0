import { expect, it } from 'vitest'
import { statementsOf } from './app-statement.ts'
import { spelledOut } from './server-statements.ts'

const texts = (text: string): string[] => statementsOf(text, 'postgres').map(({ sql }) => sql)

it('reads statements by semicolons, over lines and in texts', () => {
  expect(texts(`UPDATE a\n SET b = 'x;y';\n-- note\nDELETE FROM a;`)).toEqual([
    `UPDATE a\n SET b = 'x;y'`,
    'DELETE FROM a',
  ])
})

it('reads one statement on each line where there are no semicolons', () => {
  expect(texts('UPDATE a SET b = 1\n\nDELETE FROM a\n')).toEqual(['UPDATE a SET b = 1', 'DELETE FROM a'])
  expect(texts('UPDATE a\nSET b = 1')).toEqual(['UPDATE a\nSET b = 1'])
})

it('reads lines of JSON, and runs only what has its values', () => {
  const read = statementsOf(
    '{"sql":"DELETE FROM a WHERE b = $1","bindings":[1]}\n{"sql":"DELETE FROM a WHERE b = $1"}',
    'postgres',
  )
  expect(read.map(({ bindings }) => bindings)).toEqual([[1], null])
})

it('names a line that is none, and does not show it', () => {
  const wrong = (): unknown => statementsOf('{"sql":"SELECT 1"}\n{"sql":', 'postgres')
  expect(wrong).toThrow(/TW_CONFIG_INVALID: line 2/)
})

it('writes out the lists of values in a digest', () => {
  expect(spelledOut('INSERT INTO `a` ( `b` , `c` ) VALUES (...) /* , ... */')).toBe(
    'INSERT INTO `a` ( `b` , `c` ) VALUES (?, ?) ',
  )
  expect(spelledOut('DELETE FROM `a` WHERE `b` IN (...)')).toBe('DELETE FROM `a` WHERE `b` IN (?, ?)')
})
