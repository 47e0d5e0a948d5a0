// The values in a line of text (see `lines`): parted by tabs, `\N` for NULL, backslashes before what would be misread.

const tab = 9

/** The first values, still escaped, as the text that they stand in. */
export function lineKey(line: Buffer, values: number): string {
  let end = line.indexOf(tab)
  for (let more = values - 1; more > 0 && end >= 0; more--) end = line.indexOf(tab, end + 1)
  return line.toString('utf8', 0, end < 0 ? line.length : end)
}

const escaped = /\\([\s\S])/g
const letters: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

export function lineValues(line: string): (string | null)[] {
  return line
    .split('\t')
    .map((text) =>
      text === '\\N' ? null : text.replace(escaped, (_, letter: string) => letters[letter] ?? letter),
    )
}
