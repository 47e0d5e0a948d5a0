import { describe, expect, it } from 'vitest'
import { closest, didYouMean } from './suggest.ts'

describe('closest', () => {
  it('finds the name that was meant behind a typing error, another case or other separators', () => {
    expect(closest('amout', ['id', 'amount', 'about_us'])).toBe('amount')
    expect(closest('userId', ['id', 'user_id'])).toBe('user_id')
    expect(closest('LEVEL', ['level', 'apply'])).toBe('level')
  })

  it('prefers the nearest of several', () => {
    expect(closest('total', ['totals', 'total_', 'toral'])).toBe('total_')
  })

  it('stays silent when nothing is like the name', () => {
    expect(closest('amount', ['id', 'created_at'])).toBeUndefined()
    expect(didYouMean('x', [])).toBe('')
  })
})
