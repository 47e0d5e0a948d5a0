import { sourceFailure } from '../source-failure.ts'

/** @throws TwinwriteError `TW_STAGE_SOURCE` where the backend did not do what was asked */
export async function demandOk(response: Response): Promise<void> {
  if (response.ok) return
  await response.body?.cancel()
  throw sourceFailure(`it answers ${response.status}${response.statusText && ` ${response.statusText}`}`)
}

/** For backends that answer `true` or `false`. */
export async function demandTrue(response: Response): Promise<void> {
  await demandOk(response)
  if ((await response.text()).trim() !== 'true') throw sourceFailure('it did not take the stage')
}
