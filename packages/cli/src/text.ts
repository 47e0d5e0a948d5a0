// Plain text for people: columns, durations, counts.

export { duration } from '@twinwrite/control'

/** Rows of cells with aligned columns; two blanks between them. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return rows
    .map((row) => `${indent}${row.map((cell, index) => cell.padEnd(widths[index]!)).join('  ')}`.trimEnd())
    .join('\n')
}

/** What a dry run says of a run: @param early nobody follows yet */
export function wouldText(resumes: boolean, early: boolean): string {
  if (early) return 'would begin after `twinwrite stage source-first`, and is refused before'
  return resumes ? 'would go on' : 'would begin'
}

export function count(number: number): string {
  return number.toLocaleString('en-US')
}

export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}
