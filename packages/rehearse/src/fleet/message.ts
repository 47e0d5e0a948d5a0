// What the processes of a rehearsal tell the one that has started them.

import type { Fact } from '../traffic/fact.ts'
import type { Worded } from '../worded.ts'

export type Message =
  /** It listens, and has no job yet. */
  | { readonly kind: 'here' }
  /** It has begun its job. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'tried'; readonly facts: readonly Fact[] }
  | { readonly kind: 'acked'; readonly facts: readonly Fact[]; readonly ms: number }
  | { readonly kind: 'failed'; readonly table: string; readonly code: string }
  /** A statement of the application's own was answered, or (with what the error says) not. */
  | { readonly kind: 'ran'; readonly statement: number; readonly error: Worded | null }
  /** It can't go on. */
  | { readonly kind: 'ended'; readonly error: string }
