import { fc, test } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { PacketBlock, packetFraming } from '../mysql/packet-block.ts'
import { differingRows } from './differing-rows.ts'
import { type Framing, lineFraming } from './framing.ts'
import { RowFeed } from './row-feed.ts'

type Rows = readonly (readonly [key: string, value: string])[]

const linesOf = (rows: Rows): Buffer => Buffer.from(rows.map((row) => `${row.join('\t')}\n`).join(''))

function packetsOf(rows: Rows): Buffer {
  const block = new PacketBlock()
  for (const row of rows) {
    const buffer = Buffer.concat(
      row.flatMap((text) => {
        const value = Buffer.from(text)
        const head = value.length < 251 ? [value.length] : [252, value.length & 255, value.length >> 8]
        return [Buffer.from(head), value]
      }),
    )
    block.add({ buffer, offset: 0, end: buffer.length, isEOF: () => false })
  }
  return block.take()
}

/** In blocks of these sizes, over and over. */
async function* inBlocks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
    await Promise.resolve()
  }
}

const asIs = (error: unknown): Error => error as Error

function compared(
  framing: Framing,
  bytes: readonly [Buffer, Buffer],
  sizes: readonly (readonly number[])[],
  most: number,
): Promise<ReadonlySet<string> | null> {
  const [left, right] = bytes.map((all, index) => new RowFeed(inBlocks(all, sizes[index]!), framing, asIs))
  return differingRows(left!, right!, (row) => framing.values(row, 1)[0]!, most)
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('x', 'y', '') },
  { weight: 1, arbitrary: fc.string({ minLength: 200, maxLength: 400, unit: fc.constantFrom('a', 'b') }) },
)
const table = fc.dictionary(
  fc.integer({ min: 0, max: 60 }).map((n) => String(n).padStart(2, '0')),
  value,
  { maxKeys: 60 },
)
const blockSizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 })
const sorted = (rows: Readonly<Record<string, string>>): Rows => Object.entries(rows).sort(byKey)
const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1)

describe.each([
  ['lines', lineFraming, linesOf],
  ['packets', packetFraming, packetsOf],
] as const)('differing rows, as %s', (_, framing, bytesOf) => {
  test.prop([table, table, blockSizes, blockSizes, fc.boolean()])(
    'are exactly those whose bytes differ, however the bytes come (W11)',
    async (left, changes, leftSizes, rightSizes, alike) => {
      // Mostly equal, or not at all.
      const right = alike ? { ...left, ...Object.fromEntries(Object.entries(changes).slice(0, 3)) } : changes
      const expected = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
        (key) => left[key] !== right[key],
      )
      const bytes = [bytesOf(sorted(left)), bytesOf(sorted(right))] as const
      const found = await compared(framing, bytes, [leftSizes, rightSizes], 1000)
      expect([...found!].sort()).toEqual(expected.sort())
      const few = await compared(framing, bytes, [leftSizes, rightSizes], 5)
      expect(few === null).toBe(expected.length > 5)
    },
  )

  test.prop([table, table, blockSizes])(
    'are all told where the two sides have other orders, too',
    async (left, right, sizes) => {
      const bytes = [bytesOf(sorted(left)), bytesOf([...sorted(right)].reverse())] as const
      const found = await compared(framing, bytes, [sizes, sizes], 1000)
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
        if (left[key] !== right[key]) expect([...found!]).toContain(key)
    },
  )

  it('takes a row that is longer than all blocks', async () => {
    const long = 'z'.repeat(60_000)
    const [left, right] = [
      [
        ['1', long],
        ['2', long],
        ['3', ''],
      ],
      [
        ['1', long],
        ['2', `${long}!`],
        ['3', ''],
      ],
    ] as const
    const found = await compared(framing, [bytesOf(left), bytesOf(right)], [[64], [1000]], 10)
    expect([...found!]).toEqual(['2'])
  })
})

describe('a feed', () => {
  it('tells an error of its server', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(linesOf([['1', 'x']]))
      throw new Error('gone')
    }
    const left = new RowFeed(broken(), lineFraming, () => new Error('the source is gone'))
    const right = new RowFeed(inBlocks(linesOf([['1', 'x']]), [2]), lineFraming, asIs)
    await expect(differingRows(left, right, String, 10)).rejects.toThrow('the source is gone')
  })

  it('reads the values of a key as they were before they were escaped', () => {
    const row = Buffer.from('a\\tb\\\\\tc\\n\\N\tx\n')
    expect(lineFraming.values(row, 2)).toEqual(['a\tb\\', 'c\nN'])
  })
})
