// `npm run servers -- start [--fast] | stop [ENGINE...] | status [--json]`: the shared servers by hand.
import { engineFacts, serverEngines } from './engine.ts'
import { runningServers, server, stopServers, type Server } from './servers.ts'

const line = (one: Server) =>
  [
    engineFacts[one.engine].label.padEnd(11),
    (one.version ?? '').padEnd(9),
    one.url,
    `(${one.origin}${one.durable === false ? ', without fsync' : ''}${one.pid ? `, pid ${one.pid}` : ''})`,
  ].join(' ')

async function start(durable: boolean): Promise<void> {
  const started = Date.now()
  const results = await Promise.allSettled(
    serverEngines.map(async (engine) => console.log(line(await server(engine, { durable })))),
  )
  const failures = results.filter((result) => result.status === 'rejected')
  for (const failure of failures) console.error(failure.reason)
  if (failures.length > 0) process.exitCode = 1
  else
    console.log(
      `ready after ${((Date.now() - started) / 1000).toFixed(1)} s; stop with: npm run servers -- stop`,
    )
}

const [command, ...flags] = process.argv.slice(2)
if (command === 'start') {
  await start(!flags.includes('--fast') && process.env['TWINWRITE_TEST_FAST'] !== '1')
} else if (command === 'stop') {
  const engines = serverEngines.filter((engine) => flags.includes(engine))
  const stopped = await stopServers(engines.length > 0 ? engines : serverEngines)
  console.log(stopped.length > 0 ? `stopped ${stopped.join(', ')}` : 'nothing was running')
} else if (command === 'status') {
  const running = runningServers()
  if (flags.includes('--json')) console.log(JSON.stringify(running))
  else console.log(running.length > 0 ? running.map(line).join('\n') : 'nothing is running')
} else {
  console.error('usage: npm run servers -- start [--fast] | stop [ENGINE...] | status [--json]')
  process.exitCode = 2
}
