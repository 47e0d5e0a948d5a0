import { describe, expect, test } from 'vitest'
import { derive, isDecisive } from './stage-view.ts'
import type { Fence } from './store.ts'

const options = { undo: false, unjournaled: false }
const fence = (role: Fence['role'], epoch: number, stage: Fence['stage']): Fence => ({ role, epoch, stage })

describe('the stage that the fence rows tell (W8)', () => {
  test('is that of the side that says it is primary, whether the other one answers or not', () => {
    const source = fence('primary', 4, 'source-first')
    expect(derive({ source }, options)).toMatchObject({ stage: 'source-first', epoch: 4, frozen: false })
    const target = fence('primary', 6, 'target-first')
    expect(derive({ source: fence('secondary', 6, 'target-first'), target }, options)).toMatchObject({
      stage: 'target-first',
      epoch: 6,
    })
    expect(derive({ target }, options)?.plan.primary).toBe('target')
  })

  test('is frozen while a side is frozen, and between the decision and the opening', () => {
    expect(derive({ source: fence('frozen', 5, 'source-first') }, options)).toMatchObject({
      frozen: true,
      epoch: 5,
    })
    const both = {
      source: fence('secondary', 6, 'target-first'),
      target: fence('secondary', 4, 'source-first'),
    }
    expect(derive(both, options)).toMatchObject({ stage: 'target-first', frozen: true, epoch: 6 })
  })

  test('is source-only before the installation', () => {
    expect(derive({ source: null }, options)).toMatchObject({
      stage: 'source-only',
      epoch: 0,
      installed: false,
    })
  })

  test('is unknown when the source does not answer and the target follows: unjournaled writes must not begin', () => {
    expect(derive({ target: fence('secondary', 1, 'source-only') }, options)).toBeUndefined()
    expect(derive({}, options)).toBeUndefined()
  })

  test('goes on with the target when the source follows and the target does not answer', () => {
    expect(derive({ source: fence('secondary', 6, 'target-first') }, options)).toMatchObject({
      stage: 'target-first',
      frozen: false,
    })
  })
})

describe('a side that answers first', () => {
  test('is decisive when it says who is primary, and never when it only says that it follows', () => {
    expect(isDecisive({ source: fence('primary', 4, 'source-first') })).toBe(true)
    expect(isDecisive({ target: fence('frozen', 5, 'target-first') })).toBe(true)
    expect(isDecisive({ source: null })).toBe(true)
    // The target may not have opened yet: nobody may write, and a hanging switch must be seen as frozen.
    expect(isDecisive({ source: fence('secondary', 6, 'target-first') })).toBe(false)
    expect(isDecisive({ target: fence('secondary', 6, 'source-first') })).toBe(false)
  })
})
