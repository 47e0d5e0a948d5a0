// The pairs of engines that the proofs of loading and verifying run on.

import type { Pair } from './backfill/place.ts'

const pairs: readonly Pair[] = [
  { source: 'postgres', target: 'postgres' },
  { source: 'mysql', target: 'mysql' },
  { source: 'mysql', target: 'postgres' },
  { source: 'postgres', target: 'mysql' },
]

export const nameOf = ({ source, target }: Pair): string => `${source}>${target}`

/** @param names with commas; all when left out. Exits with code 2 on a pair that is not known. */
export function chosenPairs(names: string | undefined): readonly Pair[] {
  const wanted = names?.split(',') ?? pairs.map(nameOf)
  const unknown = wanted.filter((name) => !pairs.some((pair) => nameOf(pair) === name))
  if (unknown.length === 0) return pairs.filter((pair) => wanted.includes(nameOf(pair)))
  console.error(`--pairs takes some of ${pairs.map(nameOf).join(', ')}, not ${unknown.join(', ')}`)
  process.exit(2)
}
