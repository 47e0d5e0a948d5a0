import { expect, it } from 'vitest'
import { Book, rowName } from './book.ts'
import { gone } from './fact.ts'

const row = (state: string | null) => ({ table: 'orders', key: ['7'], state })
const found = (state?: string) => new Map(state === undefined ? [] : [[rowName(['7']), state]])

it('asks for an acknowledged write, and for nothing of one that was only tried', () => {
  const book = new Book()
  book.tried([row('w0x1')])
  expect(book.lost('orders', found())).toEqual([])
  expect(book.lost('orders', found('w0x1'))).toEqual([])
  book.acked([row('w0x1')])
  expect(book.lost('orders', found('w0x1'))).toEqual([])
  expect(book.lost('orders', found())).toEqual([rowName(['7'])])
  expect(book.acknowledged).toBe(1)
})

it('takes the state before or behind a write whose answer is missing, and no other', () => {
  const book = new Book()
  book.acked([row('w0x1')])
  book.tried([row('w0x2')])
  expect(book.lost('orders', found('w0x1'))).toEqual([])
  expect(book.lost('orders', found('w0x2'))).toEqual([])
  expect(book.lost('orders', found('w0x0'))).toHaveLength(1)
})

it('misses a row that is there after its delete was acknowledged', () => {
  const book = new Book()
  book.acked([row('w0x1')])
  book.tried([row(gone)])
  book.acked([row(gone)])
  expect(book.lost('orders', found('w0x1'))).toHaveLength(1)
  expect(book.lost('orders', found())).toEqual([])
})
