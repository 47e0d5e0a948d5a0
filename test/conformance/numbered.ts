// Raw SQL of the proofs has `?` for a bound value; some ORMs take the engine's own form.

import type { Engine } from '@twinwrite/testkit'

export function numbered(text: string, engine: Engine): string {
  let position = 0
  return engine === 'postgres' ? text.replaceAll('?', () => `$${++position}`) : text
}
