// Who may ask the endpoint.

import { createHash, timingSafeEqual } from 'node:crypto'
import { TwinwriteError } from '@twinwrite/core'

export type Authorize = (
  request: Request,
  asked: 'read' | 'step',
) => boolean | string | Promise<boolean | string>

/** @returns null for who is not let in, else how the audit trail names them */
export type Admission = (request: Request, asked: 'read' | 'step') => Promise<string | null>

/** @throws TwinwriteError `TW_CONFIG_INVALID` without a way to tell who may ask */
export function admission(token: string | undefined, authorize: Authorize | undefined): Admission {
  if (token === undefined && authorize === undefined) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'stageEndpoint without `token` or `authorize`', {
      hint: 'Say who may ask: everybody who reaches the endpoint could move the fleet.',
    })
  }
  if (token !== undefined && token.length < 16) {
    throw new TwinwriteError('TW_CONFIG_INVALID', 'the token of stageEndpoint has less than 16 characters')
  }
  const expected = token === undefined ? null : digest(`Bearer ${token}`)
  return async (request, asked) => {
    const given = digest(request.headers.get('authorization') ?? '')
    if (expected !== null && !timingSafeEqual(given, expected)) return null
    const answer = authorize === undefined ? true : await authorize(request, asked)
    if (typeof answer === 'string' && answer !== '') return `endpoint: ${answer}`
    return answer === true ? 'endpoint' : null
  }
}

/** Of equal length, so that they can be compared in a time that tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
