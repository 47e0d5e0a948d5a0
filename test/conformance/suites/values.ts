// Values of every kind, written and read again, and equal on both sides to the last digit.

import type { Case, Suite } from '../case.ts'
import type { Values } from '../subject.ts'

/** Each row is inserted, read, put over another row by an update, and read again. */
function roundTrip(title: string, rows: readonly Values[], extra: Partial<Case> = {}): Case {
  return {
    title,
    ...extra,
    run: async (subject) => {
      const answers: unknown[] = []
      for (const [index, row] of rows.entries()) {
        answers.push(await subject.insert('samples', { id: 100 + index, ...row }))
        answers.push(await subject.update('samples', { id: 2 }, row))
        answers.push(await subject.find('samples', { where: { id: 2 } }))
      }
      return [answers, await subject.find('samples', { order: ['id'] })]
    },
  }
}

const json = (value: unknown): string => JSON.stringify(value)

export const values: Suite = {
  name: 'values',
  cases: [
    roundTrip('integers beyond 2^53', [
      { big: '9007199254740993' },
      { big: '-9223372036854775808' },
      { big: '9223372036854775807' },
      { big: '0' },
    ]),
    roundTrip('decimals of thirty digits', [
      { exact: '12345678901234567890.0123456789' },
      { exact: '-0.0000000001' },
      { exact: '0.0000000000' },
      { exact: '1.1000000000' },
    ]),
    roundTrip('floating point numbers', [
      { ratio: 0.1 },
      { ratio: -1.5e300 },
      { ratio: 2.2250738585072014e-308 },
      { ratio: 1 / 3 },
      { ratio: 0 },
    ]),
    roundTrip('truth values', [{ flag: true }, { flag: false }, { flag: null }]),
    roundTrip('JSON', [
      { data: json({ b: [1, 2.5, { c: null }], a: 'text', flag: true }) },
      { data: json([]) },
      { data: json({ nested: { deep: { deeper: ['ä', '😀', '"quoted"', 'back\\slash'] } } }) },
      { data: json('only a text') },
      { data: json(7) },
      { data: 'null' },
      { data: null },
    ]),
    roundTrip('JSON with a number beyond 2^53', [{ data: '{"n": 9007199254740993}' }]),
    roundTrip('bytes', [
      { bytes: Buffer.from([0, 1, 2, 253, 254, 255]) },
      { bytes: Buffer.alloc(0) },
      { bytes: Buffer.from("'quoted' \\ \u0000 \n", 'utf8') },
      { bytes: Buffer.alloc(100_000, 0xa5) },
    ]),
    roundTrip('uuids', [
      { ref: '00000000-0000-0000-0000-000000000000' },
      { ref: 'ffffffff-ffff-4fff-bfff-ffffffffffff' },
    ]),
    roundTrip('times to the microsecond', [
      { moment: '2024-02-29 23:59:59.999999' },
      { moment: '1971-01-01 00:00:00.000001' },
      { moment: '2037-12-31 12:00:00.100000' },
      { moment: '2024-06-01 00:00:00' },
    ]),
    roundTrip('days', [{ day: '2024-02-29' }, { day: '1900-01-01' }, { day: '9999-12-31' }]),
    roundTrip('texts in every script, with quotes and marks', [
      { body: 'Größe, naïve, Ωmega, Привет, 日本語, العربية' },
      { body: '😀 👩‍👩‍👧 e\u0301' },
      { body: 'it\'s "quoted" `so` \\ and \\\' too' },
      { body: 'new\nline\r\ntab\t?? :name $1 %s -- no comment /* nor this */' },
      { body: 'trailing blanks   ' },
    ]),
    roundTrip('the empty text is no null', [
      { body: '' },
      { body: null },
      { lastSeen: '' },
      { lastSeen: null },
    ]),
    roundTrip('a text of half a million characters', [{ body: 'long text ä '.repeat(42_000) }]),
    roundTrip('a whole row', [
      {
        big: '9007199254740995',
        exact: '3.1415926535',
        ratio: 2.5,
        flag: true,
        data: json({ whole: 'row' }),
        bytes: Buffer.from('whole'),
        ref: '123e4567-e89b-42d3-a456-426614174000',
        moment: '2024-05-06 07:08:09.101112',
        day: '2024-05-06',
        body: 'whole',
        lastSeen: 'row',
      },
    ]),
    {
      title: 'money in conditions and in results',
      run: async (subject) => [
        await subject.insert('items', { id: 90, code: 'm', n: 0, price: '1234567890.12' }),
        await subject.update('items', { price: '2.50' }, { price: '0.10' }),
        await subject.find('items', { order: ['id'], columns: ['id', 'price'] }),
      ],
    },
    {
      title: 'keys with blanks, quotes and separators in them',
      run: async (subject) => {
        const keys = ['a b', 'a,b', '["a"]', "a'b", 'a"b', 'a\\b', 'a|b', 'a:b', 'ä', '%', '_', '\u00a0']
        await subject.insert(
          'lines',
          keys.map((sku, n) => ({ tenant: 70, sku, n })),
        )
        const answers: unknown[] = []
        for (const sku of keys)
          answers.push(await subject.update('lines', { tenant: 70, sku }, { note: `of ${sku}` }))
        await subject.remove('lines', { tenant: 70, sku: 'a|b' })
        return [answers, await subject.find('lines', { where: { tenant: 70 }, order: ['n'] })]
      },
    },
  ],
}
