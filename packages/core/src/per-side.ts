// Raw SQL in two dialects: the app writes the pair once, and the text of the side that is primary runs. The pair travels as
// one text, the target's in a comment behind the source's, so nothing has to be remembered beside it.

import { TwinwriteError } from './errors.ts'

/** Letters that mean nothing to an ORM and to no server. */
const comment = /\/\*twinwrite ([\w-]*)\*\//
const atTheEnd = new RegExp(`${comment.source}$`)

/**
 * Gives raw SQL per side: goes wherever the ORM takes a text of raw SQL, as the whole text.
 *
 * Both texts take the same bindings. Without twinwrite the result is the source's text, with a comment behind it.
 * @throws TwinwriteError `TW_CONFIG_INVALID` when one of them is no text
 * @example
 * perSide('SELECT IFNULL(note, ?) AS note FROM orders', 'SELECT COALESCE(note, ?) AS note FROM purchases')
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

/** Both texts of what `perSide` gave; `target` is undefined for any other text. */
export interface SideTexts {
  readonly source: string
  readonly target: string | undefined
}

/**
 * @param text whatever the app gave for one
 * @throws TwinwriteError `TW_CONFIG_INVALID` when the pair is only a part of the text
 */
export function sideTexts(text: string): SideTexts {
  if (typeof text !== 'string' || !comment.test(text)) return { source: text, target: undefined }
  const encoded = atTheEnd.exec(text)?.[1]
  if (encoded === undefined || text.search(comment) !== text.search(atTheEnd)) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'what perSide() gave is only a part of a raw SQL text', {
      hint: 'Put the rest of the text into both texts of perSide().',
    })
  }
  return {
    source: text.replace(atTheEnd, ''),
    target: Buffer.from(encoded, 'base64url').toString('utf8'),
  }
}
