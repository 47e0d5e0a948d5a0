// The one way in which a verification can't go on although both sides answer.

import { type Direction, TwinwriteError } from '@twinwrite/core'

export function raced({ secondary }: Direction): TwinwriteError {
  return new TwinwriteError(
    'TW_VERIFY_RACED',
    `the ${secondary.side} does not follow any more, or is being loaded`,
  )
}
