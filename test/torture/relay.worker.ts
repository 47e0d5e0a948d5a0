// A process that writes nothing: only its relay and its stage view are at work.

import { join } from './join.ts'

await join()
setInterval(() => undefined, 1000)
