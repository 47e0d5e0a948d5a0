import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { configText } from './config-text.ts'

it('quotes every name that is no identifier, so that it can not become code', () => {
  const names = [`it's`, '"', '${x}', '\\', '`', 'a\nb', 'blog.posts', 'plain']
  const text = configText({ name: `x'`, tables: names, source: 'A', target: 'B' })
  const literals = [...text.matchAll(/^ {4}(.+): true,$/gm)].map(([, literal]) => literal!)
  expect(literals.at(-1)).toBe('plain')
  const read = literals.slice(0, -1).map((literal) => runInNewContext(literal) as string)
  expect(read).toEqual(names.slice(0, -1))
})
