// Texts that `perSide` gave, as Knex's raw SQL.

import { sideTexts } from '@twinwrite/core'
import type { Raw } from './knex-internals.ts'

const targetTexts = new WeakMap<Raw, string>()

/**
 * Makes raw SQL of a text that `perSide` may have given; its comment does not get into it.
 * @throws TwinwriteError `TW_CONFIG_INVALID` when the pair is only a part of the text
 */
export function rawOf(text: string, make: (text: string) => Raw): Raw {
  const { source, target } = sideTexts(text)
  const raw = make(source)
  if (target !== undefined) targetTexts.set(raw, target)
  return raw
}

/** The target's text of raw SQL whose text was given by `perSide`. */
export function targetText(raw: Raw): string | undefined {
  return targetTexts.get(raw) ?? sideTexts(raw.sql).target
}
