// What a case proves on one engine it proves again on others: `npm test` takes the first of them, TWINWRITE_LONG=1 takes all.

const long = process.env['TWINWRITE_LONG'] === '1'

export function firstOf<T>(all: readonly T[], count: number): readonly T[] {
  return long ? all : all.slice(0, count)
}
