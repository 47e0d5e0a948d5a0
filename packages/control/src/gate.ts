// What must hold before a step, as data: what was seen, what is asked for, and how to open a gate that is closed.

export type GateName =
  | 'reachable'
  | 'mapping'
  | 'processes'
  | 'versions'
  | 'backfill'
  | 'verified'
  | 'mismatches'
  | 'reads'
  | 'marks'
  | 'blocked'
  | 'lag'
  | 'counters'

export interface Gate {
  readonly name: GateName
  readonly open: boolean
  /** What was found. */
  readonly seen: string
  /** What would be good enough. */
  readonly asked: string
  /** How to open it; null while it is open. */
  readonly hint: string | null
}

export function gate(name: GateName, open: boolean, seen: string, asked: string, hint: string): Gate {
  return { name, open, seen, asked, hint: open ? null : hint }
}

/** One line for a message or a terminal. */
export function gateText({ name, seen, asked, hint }: Gate): string {
  return `${name}: ${seen}, asked for ${asked}${hint === null ? '' : `. ${hint}`}`
}
