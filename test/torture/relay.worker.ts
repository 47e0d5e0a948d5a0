// A process that writes nothing: only its relay and its stage view are at work.

import { parent } from '@twinwrite/testkit'
import { buggify } from './buggify.ts'
import { type Addresses, connect } from './connect.ts'
import { seeded } from './random.ts'

const { addresses, seed } = JSON.parse(process.argv[2]!) as { addresses: Addresses; seed: number }
buggify(seeded(seed), 25)
connect(addresses)
parent.send({ ready: true })
setInterval(() => undefined, 1000)
