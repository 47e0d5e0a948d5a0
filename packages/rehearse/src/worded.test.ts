import { StoreError, TwinwriteError } from '@twinwrite/core'
import { expect, it } from 'vitest'
import { worded, wordedText } from './worded.ts'

const driverError = Object.assign(new Error('invalid input syntax: "secret"'), { code: '22P02' })

it.each<[string, unknown, string]>([
  [
    'a row that is refused',
    new TwinwriteError('TW_SECONDARY_REJECTED', 'papers: column "day" cannot hold "secret"', {
      table: 'papers',
      hint: 'Mend it.',
    }),
    'TW_SECONDARY_REJECTED: papers: The secondary does not accept the row (constraint, type, length); level strict only. Mend it.',
  ],
  [
    'a store',
    new StoreError('target', 'rejected', 'bad value "secret"', driverError),
    'the target: rejected (22P02)',
  ],
  ['a driver', driverError, '22P02'],
  ['a step of its own', new Error('the journal does not get empty'), 'the journal does not get empty'],
])('tells an error of %s without values', (_, error, text) => {
  expect(wordedText(error)).toBe(text)
})

it('keeps what a refusal found in a statement to itself, and what another error of twinwrite says', () => {
  const refused = new TwinwriteError('TW_CAPTURE_REFUSED', 'INSERT that computes a key (f(): gives secret)')
  expect(JSON.stringify(worded(refused))).not.toContain('secret')
  expect(worded(refused)).toMatchObject({ code: 'TW_CAPTURE_REFUSED', hint: refused.hint })
  const gate = new TwinwriteError('TW_STAGE_STEP', 'a gate is closed')
  expect(worded(gate)).toMatchObject({ what: 'a gate is closed' })
  expect(worded(driverError)).toEqual({ code: '22P02', what: '', hint: '' })
})
