// Where `rehearsed.ts` is: beside this file in the source, and beside it again when both are built.

const own = import.meta.url

export const rehearsedFile = new URL(own.endsWith('.ts') ? './rehearsed.ts' : './rehearsed.mjs', own).href
