// Every line that a command writes for people goes through here.

import type { Context } from './context.ts'

/**
 * Writes a text and a line feed. Keys and values of rows stand in such texts: a terminal would obey the control characters in them, so there
 * they are shown as `\u001b`, as `ls` does with names of files. Elsewhere nothing is changed: the statements of a dry run are exact.
 */
export function print(
  { process, terminal }: Pick<Context, 'process' | 'terminal'>,
  text: string,
  stream: 'stdout' | 'stderr' = 'stdout',
): void {
  process[stream].write(`${terminal ? shown(text) : text}\n`)
}

/** Also without those that change the direction of what follows (https://trojansource.codes). */
function shown(text: string): string {
  return text.replaceAll(
    /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
