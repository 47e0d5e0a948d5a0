// The migration in this process, out of the module that the job names.

import type { Found, FoundBy } from './job.ts'

export async function found({ module, given }: FoundBy): Promise<Found> {
  const { rehearsed } = (await import(module)) as { rehearsed(given: unknown): Promise<Found> }
  return rehearsed(given)
}
