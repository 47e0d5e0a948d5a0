// What is wrong with a mapping, as data: thrown as one error that lists everything, or shown by a plan.

import { type ErrorCode, TwinwriteError } from '../errors.ts'

export interface MappingProblem {
  readonly code: ErrorCode
  /** Name of the mapping: the source table as the config writes it. */
  readonly table: string
  /** Name of the column, on the side that the message names. */
  readonly column?: string
  readonly message: string
  /** How to mend this very case. */
  readonly hint: string
  /** A warning names a row that may be refused (and then shown as blocked); an error stops the migration from starting. */
  readonly severity: 'error' | 'warning'
}

/** Collects the problems of one mapping. */
export class Problems {
  readonly found: MappingProblem[] = []
  readonly #table: string

  constructor(table: string) {
    this.#table = table
  }

  error(code: ErrorCode, column: string | undefined, message: string, hint: string): void {
    this.#add(code, column, message, hint, 'error')
  }

  warning(code: ErrorCode, column: string | undefined, message: string, hint: string): void {
    this.#add(code, column, message, hint, 'warning')
  }

  #add(
    code: ErrorCode,
    column: string | undefined,
    message: string,
    hint: string,
    severity: MappingProblem['severity'],
  ): void {
    const where = column === undefined ? {} : { column }
    this.found.push({ code, table: this.#table, ...where, message, hint, severity })
  }
}

/** One error that lists all the errors among the problems, with the first one's code; undefined when there is none. */
export function mappingError(problems: readonly MappingProblem[]): TwinwriteError | undefined {
  const errors = problems.filter((problem) => problem.severity === 'error')
  const [first] = errors
  if (first === undefined) return undefined
  if (errors.length === 1) {
    return new TwinwriteError(first.code, first.message, { hint: first.hint, table: first.table })
  }
  const lines = errors.map((problem) => `\n- ${problem.code}: ${problem.message}. ${problem.hint}`)
  return new TwinwriteError(first.code, `${errors.length} problems in the mapping:${lines.join('')}`, {
    hint: 'Mend them all, then start again.',
    table: first.table,
  })
}
