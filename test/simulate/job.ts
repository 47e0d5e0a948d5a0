// What the command asks of its worker processes, and what they answer.

export type Job =
  /** Runs these seeds with the correct protocol. */
  | { readonly kind: 'seeds'; readonly first: number; readonly count: number }
  /** Runs seeds with a seeded bug until one of them finds it. */
  | { readonly kind: 'hunt'; readonly mutation: string; readonly first: number; readonly limit: number }

export interface Violation {
  readonly seed: number
  readonly failure: string
}

export interface JobResult {
  readonly job: Job
  readonly seeds: number
  readonly steps: number
  readonly counts: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
}
