import { expect, it } from 'vitest'
import { loadDriver } from './load-driver.ts'

const missing: string = 'not-there'

it('a driver that is not installed is named with the way to install it', async () => {
  const loading = loadDriver('not-there', () => import(missing))
  await expect(loading).rejects.toMatchObject({
    code: 'TW_ENGINE_UNSUPPORTED',
    hint: expect.stringContaining('npm install not-there') as string,
  })
})

it('an error inside of a driver passes through', async () => {
  const broken = new Error('wrong binary')
  await expect(loadDriver('broken', () => Promise.reject(broken))).rejects.toBe(broken)
})
