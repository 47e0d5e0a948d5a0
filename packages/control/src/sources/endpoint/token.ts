import { createHash, timingSafeEqual } from 'node:crypto'
import { TwinwriteError } from '@twinwrite/core'

export type Admits = (request: Request, asked: 'read' | 'step') => Promise<boolean>

/** Whether a request carries the token; takes as long for a wrong one as for the right one. */
export function admitsToken(token: string): Admits {
  if (token.length < 16) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'the token of stageEndpoint has less than 16 characters')
  }
  const expected = digest(`Bearer ${token}`)
  return async ({ headers }) => timingSafeEqual(digest(headers.get('authorization') ?? ''), expected)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
