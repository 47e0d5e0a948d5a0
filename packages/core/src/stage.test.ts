import { describe, expect, test } from 'vitest'
import { stagePlan, stages } from './stage.ts'

describe('the stage table', () => {
  test('leads only to neighbours, and every step but the last can be taken back', () => {
    for (const stage of stages) {
      for (const next of stagePlan(stage).neighbours) {
        const back = stagePlan(next).neighbours.includes(stage)
        expect([stage, next, back]).toEqual([stage, next, next !== 'target-only'])
      }
    }
  })

  test('keeps the way back from target-only open with undo', () => {
    expect(stagePlan('target-only').neighbours).toEqual([])
    expect(stagePlan('target-only', true)).toEqual({
      primary: 'target',
      journaled: true,
      neighbours: ['target-first'],
    })
    expect(stagePlan('source-only', true)).toEqual(stagePlan('source-only'))
  })

  test('adds no statement where nobody follows (W9)', () => {
    expect(stages.filter((stage) => !stagePlan(stage).journaled)).toEqual(['source-only', 'target-only'])
  })
})
