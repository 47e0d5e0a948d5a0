// "Did you mean ...?" for names in the user's config.

/** The candidate most like `name`, when it is like enough to be meant. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(name)
  let best: string | undefined
  let bestDistance = wanted.length < 4 ? 2 : Math.max(3, Math.floor(wanted.length / 3) + 1)
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate), bestDistance)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** `Did you mean "x"? `, or nothing; to be put before a hint. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const found = closest(name, candidates)
  return found === undefined ? '' : `Did you mean ${JSON.stringify(found)}? `
}

/** Case and separators are the usual difference between two spellings of one name. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s-]/g, '')
}

/** Levenshtein distance, at most `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit
  let before = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 0; row < left.length; row++) {
    let previous = row + 1
    before = before.map((above, column) => {
      if (column === 0) return previous
      const diagonal = (before[column - 1] ?? 0) + (left[row] === right[column - 1] ? 0 : 1)
      previous = Math.min(diagonal, above + 1, previous + 1)
      return previous
    })
  }
  return before.at(-1) ?? 0
}
