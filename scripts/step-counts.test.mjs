// Green is only what ran, passed and ended well.
import { expect, it } from 'vitest'
import { stepCounts } from './step-counts.mjs'

it('takes the counts of a proof', () => {
  expect(stepCounts({ passed: 5, failed: 2, skipped: 1 }, false)).toEqual({
    passed: 5,
    failed: 2,
    skipped: 1,
  })
})

it('takes the counts of vitest, to-dos as skipped', () => {
  const report = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 }
  expect(stepCounts(report, true)).toEqual({ passed: 7, failed: 0, skipped: 3 })
})

it('counts a failure where the step crashed after its tests passed', () => {
  expect(stepCounts({ passed: 5, failed: 0 }, false)).toEqual({ passed: 5, failed: 1, skipped: 0 })
})

it.each([undefined, {}, { passed: 0, failed: 0 }])(
  'counts a failure where nothing was proved: %s',
  (report) => {
    expect(stepCounts(report, true)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  },
)
