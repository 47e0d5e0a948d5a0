// Asks for the shared server of the engine on its command line and reports the address.
import { serverEngines } from './engine.ts'
import { parent } from './parent.ts'
import { server } from './servers.ts'

const engine = serverEngines.find((name) => name === process.argv[2])
if (!engine) throw new Error('usage: ask-server.worker.ts ENGINE')
parent.send((await server(engine)).url)
