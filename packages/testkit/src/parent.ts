// The worker's end of the line to the test that spawned it (worker.ts).

function send(message: unknown): void {
  if (!process.send) throw new Error('this file is a test worker: start it with spawnWorker')
  process.send(message)
}

export const parent = {
  /** Sends a JSON message to the test. */
  send,
  /** Calls `handle` for every message of the test; the worker lives until the test ends or it exits itself. */
  onMessage(handle: (message: unknown) => void): void {
    process.on('message', handle)
    process.on('disconnect', () => process.exit())
  },
}
