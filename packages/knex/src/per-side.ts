// Raw SQL in two dialects: the app writes the pair once, and the text of the side that is primary runs.

import { TwinwriteError } from '@twinwrite/core'

const targetTexts = new Map<string, string>()

/**
 * Gives raw SQL per side: goes wherever Knex takes a text of raw SQL.
 *
 * Both texts take the same bindings; `??` and `:name:` bindings are given by the source's names and are renamed for the
 * target. The pair is remembered for the life of the process, so the texts must be constant: values belong into bindings.
 * @returns the source's text @throws TwinwriteError `TW_CONFIG_INVALID` when the source's text was given with another target text
 * @example
 * db.raw(perSide('SELECT IFNULL(note, ?) AS note FROM orders', 'SELECT COALESCE(note, ?) AS note FROM purchases'), ['-'])
 * db('orders').whereRaw(perSide('FIND_IN_SET(?, tags)', '? = ANY (tags)'), ['new'])
 */
export function perSide(source: string, target: string): string {
  if (typeof source !== 'string' || typeof target !== 'string') {
    throw new TwinwriteError(
      'TW_CONFIG_INVALID',
      'perSide() takes the text for the source and the text for the target',
    )
  }
  const known = targetTexts.get(source)
  if (known !== undefined && known !== target) {
    throw new TwinwriteError(
      'TW_CONFIG_INVALID',
      `perSide() was given two target texts for ${JSON.stringify(source)}`,
    )
  }
  targetTexts.set(source, target)
  return source
}

/** The target's text of a source text that was given by `perSide`. */
export function targetText(source: string): string | undefined {
  return targetTexts.get(source)
}
