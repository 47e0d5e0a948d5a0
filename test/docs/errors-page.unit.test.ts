// docs/errors.md is made from the table of errors: UPDATE_DOCS=1 npx vitest run --project unit test/docs

import { readFileSync, writeFileSync } from 'node:fs'
import { errorTable } from '@twinwrite/core'
import { expect, test } from 'vitest'

const page = new URL('../../docs/errors.md', import.meta.url)

function rendered(): string {
  const head = [
    '# Errors',
    '',
    'Every error of twinwrite is a `TwinwriteError` with `code`, `hint`, `retryable`, and where known `table`, `key` and `primary`: what became of the business write (`committed`, `rolled-back`, `unknown`, `untouched`). Errors of your own database pass through as the driver made them.',
    '',
    '| code | cause | remedy | retry helps |',
    '|---|---|---|---|',
  ]
  const lines = Object.entries(errorTable).map(
    ([code, { cause, remedy, retryable }]) =>
      `| \`${code}\` | ${cause} | ${remedy} | ${retryable ? 'yes' : 'no'} |`,
  )
  return `${[...head, ...lines].join('\n')}\n`
}

test('the page of errors says what the table of errors says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, rendered())
  expect(readFileSync(page, 'utf8')).toBe(rendered())
})
