// Raw SQL in two dialects: the app writes the pair once, and the text of the side that is primary runs. The pair travels as
// one text, the target's in a comment behind the source's, so nothing has to be remembered beside it.

import { TwinwriteError } from '@twinwrite/core'
import type { Raw } from './knex-internals.ts'

/** Letters that mean nothing to Knex and to no server. */
const comment = /\/\*twinwrite ([\w-]*)\*\//
const atTheEnd = new RegExp(`${comment.source}$`)

const targetTexts = new WeakMap<Raw, string>()

/**
 * Gives raw SQL per side: goes wherever Knex takes a text of raw SQL, as the whole text.
 *
 * Both texts take the same bindings; `??` and `:name:` bindings are given by the source's names and are renamed for the
 * target. A plain Knex takes the result, too: it runs the source's text, with a comment behind it.
 * @throws TwinwriteError `TW_CONFIG_INVALID` when one of them is no text
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
  return `${source}/*twinwrite ${Buffer.from(target, 'utf8').toString('base64url')}*/`
}

/**
 * Makes raw SQL of a text that `perSide` may have given; the comment does not get into it.
 * @throws TwinwriteError `TW_CONFIG_INVALID` when the pair is only a part of the text
 */
export function rawOf(text: string, make: (text: string) => Raw): Raw {
  const target = targetIn(text)
  if (target === undefined) return make(text)
  const raw = make(text.replace(atTheEnd, ''))
  targetTexts.set(raw, target)
  return raw
}

/** The target's text of raw SQL whose text was given by `perSide`. */
export function targetText(raw: Raw): string | undefined {
  return targetTexts.get(raw) ?? targetIn(raw.sql)
}

/** @param text whatever the app gave for one */
function targetIn(text: unknown): string | undefined {
  if (typeof text !== 'string' || !comment.test(text)) return undefined
  const encoded = atTheEnd.exec(text)?.[1]
  if (encoded !== undefined && text.search(comment) === text.search(atTheEnd))
    return Buffer.from(encoded, 'base64url').toString('utf8')
  throw new TwinwriteError('TW_CONFIG_INVALID', 'what perSide() gave is only a part of a raw SQL text', {
    hint: 'Put the rest of the text into both texts of perSide().',
  })
}
