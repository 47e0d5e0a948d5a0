// Where `process.ts` is: beside this file in the source, and beside it again when both are built.

const own = import.meta.url

export const processFile = new URL(own.endsWith('.ts') ? './process.ts' : './process.mjs', own)
