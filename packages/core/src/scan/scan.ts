// The public face of the SQL clause scanner.

export { scan, scanCache } from './cache.ts'
export { scanText } from './classify.ts'
export { keyPredicate } from './predicate.ts'
export { statementShape } from './shape.ts'
export { splitStatements } from './split.ts'
export type * from './statement.ts'
export { tablesOf } from './tables-of.ts'
export { mentions } from './words.ts'
