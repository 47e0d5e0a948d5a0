// The live view. On a terminal a block that is redrawn in place below the story so far; elsewhere (a pipe, a log of CI)
// plain lines, one of them every few seconds.

import type { Status } from '@twinwrite/knex'
import { createLogUpdate } from 'log-update'
import { styleText } from 'node:util'
import { duration, whole } from './numbers.ts'
import type { Pulse } from './pulse.ts'

const stages: readonly Status['stage'][] = ['source-only', 'source-first', 'target-first', 'target-only']
const bars = '▁▂▃▄▅▆▇█'
const trailLength = 48
const plainEveryMs = 3000

export interface View {
  /** A sentence of the story; it stays. */
  say(text: string): void
  show(pulse: Pulse): void
  end(): void
}

export interface Names {
  readonly source: string
  readonly target: string
}

export function openView(stream: NodeJS.WriteStream, names: Names): View {
  return stream.isTTY ? new TerminalView(stream, names) : new PlainView(stream)
}

class TerminalView implements View {
  readonly #log: ReturnType<typeof createLogUpdate>
  readonly #names: Names
  readonly #started = performance.now()
  #trail: number[] = []

  constructor(stream: NodeJS.WriteStream, names: Names) {
    this.#log = createLogUpdate(stream)
    this.#names = names
  }

  say(text: string): void {
    this.#log.persist(`${dim(clock(this.#started))}  ${text}`)
  }

  show(pulse: Pulse): void {
    const { status } = pulse
    const waiting = status.journal?.entries
    this.#trail = [...this.#trail, waiting ?? 0].slice(-trailLength)
    const lines = [
      '',
      `  ${stages.map((stage) => stageLabel(stage, status.stage)).join(dim(' ── '))}`,
      '',
      `  ${this.#names.source.padEnd(26)} ${sideText(status, 'source')}`,
      `  ${this.#names.target.padEnd(26)} ${sideText(status, 'target')}`,
      '',
      `  ${dim('traffic')}  ${trafficText(pulse)}`,
      `  ${dim('journal')}  ${journalText(status)}`,
      `           ${trailText(this.#trail)}`,
      '',
    ]
    this.#log(lines.join('\n'))
  }

  end(): void {
    this.#log.clear()
    this.#log.done()
  }
}

class PlainView implements View {
  readonly #stream: NodeJS.WriteStream
  readonly #started = performance.now()
  #shownAt = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  say(text: string): void {
    this.#stream.write(`${clock(this.#started)}  ${text}\n`)
  }

  show(pulse: Pulse): void {
    const now = performance.now()
    if (now - this.#shownAt < plainEveryMs) return
    this.#shownAt = now
    const { status } = pulse
    const parts = [status.stage, trafficText(pulse), journalText(status)]
    this.#stream.write(`${clock(this.#started)}    ${parts.join(' | ')}\n`)
  }

  end(): void {
    this.#shownAt = 0
  }
}

function trafficText({
  callsPerSecond,
  writesPerSecond,
  medianMs,
  slowestMs,
  errors,
  retries,
}: Pulse): string {
  const times =
    medianMs === null || slowestMs === null
      ? 'no answers'
      : `median ${duration(medianMs)}, slowest ${duration(slowestMs)}`
  const again = retries > 0 ? `, ${whole(retries)} run again` : ''
  return `${whole(callsPerSecond)} calls/s, ${whole(writesPerSecond)} writes/s, ${times}, ${whole(errors)} errors${again}`
}

function journalText({ journal, lagMs }: Status): string {
  if (journal === null) return 'no journal'
  const lag = journal.entries === 0 || lagMs === null ? 'no lag' : `lag ${duration(lagMs)}`
  const blocked = journal.blocked > 0 ? `, ${whole(journal.blocked)} blocked` : ''
  return `${whole(journal.entries)} rows waiting${blocked}, ${lag}`
}

function stageLabel(stage: Status['stage'], now: Status['stage']): string {
  return stage === now ? styled(['bold', 'inverse'], ` ${stage} `) : dim(stage)
}

function sideText(status: Status, side: 'source' | 'target'): string {
  if (status.primary === side) {
    return status.frozen
      ? styled(['yellow'], '● hands over: writes wait')
      : styled(['green'], '● is authoritative: written and read')
  }
  const follows = status.stage === 'source-first' || status.stage === 'target-first'
  if (!follows) return dim('○ nobody writes here')
  return status[side].error === null && status.process.breaker === 'closed'
    ? styled(['cyan'], '○ follows')
    : styled(['red'], '✗ does not answer; what it misses waits in the journal')
}

function trailText(trail: readonly number[]): string {
  const most = Math.max(8, ...trail)
  return trail
    .map((count) => bars[Math.min(bars.length - 1, Math.floor((count / most) * bars.length))])
    .join('')
}

function clock(started: number): string {
  const seconds = Math.floor((performance.now() - started) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

type Style = Parameters<typeof styleText>[0]

function styled(style: Style, text: string): string {
  return process.env['NO_COLOR'] ? text : styleText(style, text)
}

function dim(text: string): string {
  return styled('dim', text)
}
