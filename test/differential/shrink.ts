// Makes a failing unit smaller: whole programs, then steps, then inner steps and rows are left out as long as it still fails.

import type { Program, Step } from './program.ts'

/** @param fails whether a smaller unit still fails; asked at most `most` times */
export async function shrink(
  programs: readonly Program[],
  fails: (smaller: readonly Program[]) => Promise<boolean>,
  most = 120,
): Promise<readonly Program[]> {
  let asked = 0
  let best = programs
  const tried = async (smaller: readonly Program[]): Promise<boolean> => {
    if (asked >= most) return false
    asked++
    if (!(await fails(smaller))) return false
    best = smaller
    return true
  }
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = best.length - size; at >= 0; at -= size) await tried(without(best, at, size))
  }
  for (let again = true; again && asked < most;) {
    again = false
    for (let index = best.length - 1; index >= 0; index--) {
      const program = best[index]
      if (program === undefined) continue
      for (const steps of smallerLists(program.steps)) {
        const smaller = best.map((one, at) => (at === index ? { ...program, steps } : one))
        if (await tried(smaller)) {
          again = true
          break
        }
      }
    }
  }
  return best.filter(({ steps }) => steps.length > 0)
}

function without<T>(items: readonly T[], at: number, count: number): T[] {
  return [...items.slice(0, at), ...items.slice(at + count)]
}

/** Lists with one part left out, the largest parts first. */
function* smallerLists(steps: readonly Step[]): Generator<readonly Step[]> {
  for (let size = steps.length >> 1; size > 1; size >>= 1) {
    for (let at = steps.length - size; at >= 0; at -= size) yield without(steps, at, size)
  }
  for (let at = steps.length - 1; at >= 0; at--) yield without(steps, at, 1)
  for (const [at, step] of steps.entries()) {
    for (const smaller of smallerSteps(step)) yield steps.map((one, index) => (index === at ? smaller : one))
  }
}

function* smallerSteps(step: Step): Generator<Step> {
  if ('steps' in step) {
    for (const steps of smallerLists(step.steps)) yield { ...step, steps } as Step
  } else if ('rows' in step && step.rows.length > 1) {
    for (let at = step.rows.length - 1; at >= 0; at--) yield { ...step, rows: without(step.rows, at, 1) }
  }
}
