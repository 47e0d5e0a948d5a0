// What the programs call of a Prisma client, or of one of its transactions.

type Operation =
  | 'aggregate'
  | 'count'
  | 'create'
  | 'createMany'
  | 'createManyAndReturn'
  | 'delete'
  | 'deleteMany'
  | 'findFirst'
  | 'findMany'
  | 'groupBy'
  | 'update'
  | 'updateMany'
  | 'updateManyAndReturn'
  | 'upsert'

export type Model = Record<Operation, (args?: object) => Promise<unknown>>

export interface TransactionOptions {
  readonly timeout: number
  readonly maxWait: number
  readonly isolationLevel?: string
}

export type PrismaRunner = Record<string, Model> & {
  $queryRawUnsafe(sql: string, ...values: unknown[]): Promise<unknown>
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<unknown>
  $transaction(calls: readonly Promise<unknown>[]): Promise<unknown>
  $transaction(work: (tx: PrismaRunner) => Promise<void>, options?: TransactionOptions): Promise<unknown>
}
