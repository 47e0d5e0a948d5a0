// How the keys of one statement are found on one side; made once per scan and reused for every call with that text.

import type { Statement } from '../statement.ts'
import type { Captured, CaptureRequest } from './capture.ts'
import type { FoldedWrite } from '../write/write-side.ts'
import type { Rewrite } from './native-connection.ts'

export interface CapturePlan {
  /** Runs the statement of the app, and what else it takes, inside the open transaction. */
  capture<R>(request: CaptureRequest<R>): Promise<Captured<R>>
  /** See `Capturer.fold`. */
  fold<R>(request: CaptureRequest<R>, epoch: number | null): FoldedWrite<R> | null
}

/** Runs a rewritten form of the app's statement; its errors look like those of the statement as written (W1). */
export async function runRewritten<R>(
  { call, connection }: CaptureRequest<R>,
  sent: Statement,
  origin: Rewrite['origin'],
): Promise<R> {
  try {
    return await call.run(sent)
  } catch (error) {
    throw connection.shape.failure(error, { original: call, sent, origin })
  }
}

/** For text that only got something at or behind `at`. */
export function originBefore(at: number): Rewrite['origin'] {
  return (offset) => (offset <= at ? offset : null)
}
