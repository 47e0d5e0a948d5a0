// The words of a text that is not understood, so that the caller can tell what it might be about.

import type { DdlScan, OpaqueScan } from './statement.ts'

const wordPattern = /[A-Za-z0-9_$\u0080-\uffff]+/g

/** Every word in lower case once, whatever it stands in. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>()
  for (const [word] of text.matchAll(wordPattern)) words.add(word.toLowerCase())
  return [...words]
}

/** Whether the statement may be about the table of this name: errs on the side of yes. */
export function mentions(scan: OpaqueScan | DdlScan, table: string): boolean {
  return wordsOf(table).every((word) => scan.names.includes(word))
}
