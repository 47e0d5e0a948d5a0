// Every instrument in one table, from which Prometheus, OpenTelemetry and the test of the documentation are made.

import { stages } from '@twinwrite/core'

export interface Instrument {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly unit?: 's'
  /** Beside `migration`: the values of each label, which stand at 0 from the start; null where they are not known before. */
  readonly labels?: Readonly<Record<string, readonly string[] | null>>
  /** A gauge that the databases or the process are asked for when somebody collects. */
  readonly looked?: true
  readonly buckets?: readonly number[]
}

const sides = ['source', 'target'] as const
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

export const instruments = {
  writes: {
    kind: 'counter',
    help: 'Captured writes of this process: committed, refused because the stage has moved (they are run again), rejected with another error of twinwrite.',
    labels: { outcome: ['committed', 'refused', 'rejected'] },
  },
  changes: {
    kind: 'counter',
    help: 'Rows touched by committed writes of this process.',
    labels: { side: sides },
  },
  'fence.refusals': {
    kind: 'counter',
    help: 'Times that the fence of a side refused a write of this process; most are tried again unnoticed.',
    labels: { side: sides },
  },
  'write.wait': {
    kind: 'histogram',
    unit: 's',
    help: 'Waits of writes of this process for the end of a switch: in time, or given up with TW_STAGE_FROZEN.',
    labels: { outcome: ['in-time', 'gave-up'] },
    buckets: seconds,
  },
  'apply.duration': {
    kind: 'histogram',
    unit: 's',
    help: 'Time of one batch on its way to the secondary; the count is the number of batches.',
    labels: { by: ['writer', 'relay', 'drain', 'load'] },
    buckets: seconds,
  },
  'apply.rows': {
    kind: 'counter',
    help: 'Rows that reached the secondary from this process.',
    labels: { by: ['writer', 'relay', 'drain', 'load'] },
  },
  'apply.failures': {
    kind: 'counter',
    help: 'Batches that did not reach the secondary; the journal still holds them.',
    labels: { reason: null },
  },
  'queued.rows': {
    kind: 'gauge',
    help: 'Rows written by this process that wait for their first apply.',
    looked: true,
  },
  breaker: {
    kind: 'gauge',
    help: 'State of the breaker of this process before the secondary: 1 for the one it is in.',
    labels: { state: ['closed', 'half-open', 'open'] },
    looked: true,
  },
  up: {
    kind: 'gauge',
    help: 'Whether the database of a side answered in time.',
    labels: { side: sides },
    looked: true,
  },
  lag: {
    kind: 'gauge',
    unit: 's',
    help: 'Age of the oldest journal entry; 0 when the journal is empty. Absent while the primary does not answer.',
    looked: true,
  },
  'journal.entries': {
    kind: 'gauge',
    help: 'Journal entries that wait for their apply.',
    looked: true,
  },
  'blocked.keys': {
    kind: 'gauge',
    help: 'Journal entries that the secondary does not accept; they close the switch.',
    looked: true,
  },
  'marked.tables': {
    kind: 'gauge',
    help: 'Tables with a mark: something was written that could not be captured; they close the switch.',
    looked: true,
  },
  processes: {
    kind: 'gauge',
    help: 'Live processes of the fleet: at the present epoch, or behind it.',
    labels: { state: ['current', 'behind'] },
    looked: true,
  },
  stage: {
    kind: 'gauge',
    help: 'Stage as this process sees it: 1 for the one it is in.',
    labels: { stage: stages },
    looked: true,
  },
  epoch: {
    kind: 'gauge',
    help: 'Epoch of the side that is primary, as this process sees it.',
    looked: true,
  },
  frozen: {
    kind: 'gauge',
    help: 'Whether a switch is under way and nobody may write, as this process sees it.',
    looked: true,
  },
  switches: {
    kind: 'counter',
    help: 'Switches that this process drove: done, refused before anything changed, undone, left to others to finish.',
    labels: { outcome: ['done', 'refused', 'undone', 'left'] },
  },
  'switch.pause': {
    kind: 'histogram',
    unit: 's',
    help: 'Time in which a switch driven by this process let no write commit.',
    labels: { outcome: ['done', 'undone'] },
    buckets: seconds,
  },
  'switch.last_pause': {
    kind: 'gauge',
    unit: 's',
    help: 'Pause of the last switch that this process drove to its end.',
  },
  'switch.step': {
    kind: 'histogram',
    unit: 's',
    help: 'Time of each step of the switches that this process drove.',
    labels: { step: ['gates', 'prepare', 'freeze', 'drain', 'counters', 'decide', 'open'] },
    buckets: seconds,
  },
  recoveries: {
    kind: 'counter',
    help: 'Switches without a controller that this process finished.',
    labels: { outcome: ['rolled-back', 'rolled-forward'] },
  },
  warnings: {
    kind: 'counter',
    help: 'Warnings of this process by their code.',
    labels: { code: null },
  },
} as const satisfies Record<string, Instrument>

export type InstrumentName = keyof typeof instruments
export type Labels = Readonly<Record<string, string>>

/** One value of a looked-up gauge. */
export interface Reading {
  readonly name: InstrumentName
  readonly value: number
  readonly labels: Labels
}

export const everyInstrument = Object.entries(instruments) as [InstrumentName, Instrument][]

/** Name by the conventions of Prometheus, where the unit and `_total` stand in it. */
export function prometheusName(name: InstrumentName, prefix: string): string {
  const { kind, unit }: Instrument = instruments[name]
  const ending = `${unit === undefined ? '' : '_seconds'}${kind === 'counter' ? '_total' : ''}`
  return `${prefix}${name.replaceAll('.', '_')}${ending}`
}

/** All combinations of label values that are known before anything happens; none where one is open. */
export function knownLabels({ labels = {} }: Instrument): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (sets, [label, values]) =>
      sets.flatMap((set) => (values ?? []).map((value) => ({ ...set, [label]: value }))),
    [{}],
  )
}
