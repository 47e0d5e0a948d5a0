// Owns a dedicated PostgreSQL until it is killed.
import { dedicatedServer } from './dedicated-server.ts'
import { parent } from './parent.ts'

const own = await dedicatedServer('postgres', { durable: false })
parent.onMessage(() => {})
parent.send({ url: own.url })
