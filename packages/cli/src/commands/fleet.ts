// The processes of the fleet as `twinwrite status` shows them: those that are to be looked after first.

import { type ProcessSeen, processState, type ProcessState, type Status } from '@twinwrite/core'
import { counted, count, duration } from '../text.ts'

export interface ProcessShown extends ProcessSeen {
  readonly state: ProcessState
}

const order: readonly ProcessState[] = ['behind', 'current', 'silent']
/** More silent ones are told as so many. */
const mostSilent = 10

/** Those behind first; the ones that were heard of last before the others. */
export function shownProcesses({ processes, epoch }: Status, silentMs: number): readonly ProcessShown[] {
  return processes
    .map((process) => ({ ...process, state: processState(process, epoch, silentMs) }))
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.ageMs - b.ageMs)
}

export function fleetText(processes: readonly ProcessShown[]): string {
  const of = (...states: readonly ProcessState[]): readonly ProcessShown[] =>
    processes.filter(({ state }) => states.includes(state))
  const [live, behind, silent] = [of('behind', 'current'), of('behind'), of('silent')]
  const versions = new Set(live.map(({ version }) => version))
  const parts = [
    ...(live.length > 0 ? [`${count(live.length)} live, version ${[...versions].join(' and ')}`] : []),
    ...(behind.length > 0 ? [`${count(behind.length)} BEHIND`] : []),
    ...(silent.length > 0 ? [`${count(silent.length)} silent`] : []),
  ]
  return parts.length === 0 ? 'none' : parts.join('; ')
}

/** A table of all, with its head; nothing where there are none. */
export function fleetRows(processes: readonly ProcessShown[]): string[][] {
  if (processes.length === 0) return []
  const listed = [
    ...processes.filter(({ state }) => state !== 'silent'),
    ...processes.filter(({ state }) => state === 'silent').slice(0, mostSilent),
  ]
  const left = processes.length - listed.length
  return [
    ['', 'host', 'pid', 'orm', 'version', 'stage seen', 'epoch', 'last beat'],
    ...listed.map(({ state, host, pid, orm, version, stage, epoch, ageMs }) => [
      state === 'behind' ? 'BEHIND' : state,
      host,
      String(pid),
      orm,
      version,
      stage,
      String(epoch),
      `${duration(ageMs)} ago`,
    ]),
    ...(left > 0 ? [['', `and ${counted(left, 'more silent process', 'more silent processes')}`]] : []),
  ]
}
