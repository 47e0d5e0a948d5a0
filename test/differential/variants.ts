// Options under which the programs run.

export const variants = {
  usual: { undo: false },
  careful: { level: 'strict', apply: 'await', armed: true, undo: true },
} as const

export type Variant = keyof typeof variants
