// Public names of the Prisma adapter.

export { TwinwriteError } from '@twinwrite/core'
