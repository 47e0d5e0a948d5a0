// Vitest's global setup of the `servers` project: the wait for the servers is nobody's test time, and one that cannot
// start fails the run with its reason once.
import { servers } from './servers.ts'

export async function setup(): Promise<void> {
  await servers()
}
