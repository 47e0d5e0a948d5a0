// Test kit: real servers and the faults that tests put them through. Private to this repository.
export { adminQuery } from './admin-query.ts'
export { unpackedPackages } from './debian-packages.ts'
export { openSession, type DatabaseSession, type Row } from './database-session.ts'
export { dedicatedServer, type DedicatedServer } from './dedicated-server.ts'
export { account, engineFacts, serverEngines, type Engine, type ServerEngine } from './engine.ts'
export { faultProxy, type CutPredicate, type Direction, type FaultProxy } from './fault-proxy.ts'
export {
  freshDatabase,
  type FileConnection,
  type FreshDatabase,
  type ServerConnection,
} from './fresh-database.ts'
export { parent } from './parent.ts'
export { redisServer, type RedisServer } from './redis-server.ts'
export { libraryFolders, libraryPath } from './server-program.ts'
export { runningServers, server, servers, stopServers, type Server, type ServerOptions } from './servers.ts'
export { killSession, otherSessions, sessionIdQuery } from './session.ts'
export { spawnWorker, type Worker, type WorkerExit } from './worker.ts'
