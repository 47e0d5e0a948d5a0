import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStage } from './file-stage.ts'
import { listen, until } from './testing/heard.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twinwrite-stage-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a file that is not there holds nothing; written and replaced by a rename it is heard within a second', async () => {
  const path = join(folder, 'stage.json')
  const own = listen(fileStage({ path }))
  await until(() => own.last() === null)
  await writeFile(path, 'source-first')
  expect(await until(() => own.last() === 'source-first')).toBeLessThan(1000)
  await writeFile(`${path}.other`, JSON.stringify({ shop: 'target-first' }))
  await rename(`${path}.other`, path)
  expect(await until(() => own.last() === 'target-first')).toBeLessThan(1000)
  expect(own.troubles).toEqual([])
  await own.end()
})

test('a link that is turned, as that of a mounted ConfigMap, is heard', async () => {
  for (const stage of ['source-only', 'source-first']) {
    await mkdir(join(folder, stage))
    await writeFile(join(folder, stage, 'stage'), stage)
  }
  await symlink('source-only', join(folder, 'data'))
  await symlink(join('data', 'stage'), join(folder, 'stage'))
  const own = listen(fileStage({ path: join(folder, 'stage') }))
  await until(() => own.last() === 'source-only')
  await symlink('source-first', join(folder, 'turned'))
  await rename(join(folder, 'turned'), join(folder, 'data'))
  expect(await until(() => own.last() === 'source-first')).toBeLessThan(1000)
  await own.end()
})

test('a folder that goes and comes back is found again', async () => {
  const own = listen(fileStage({ path: join(folder, 'in', 'stage') }))
  await until(() => own.last() === null)
  await mkdir(join(folder, 'in'))
  await writeFile(join(folder, 'in', 'stage'), 'source-first')
  await until(() => own.last() === 'source-first')
  await rm(join(folder, 'in'), { recursive: true })
  await until(() => own.last() === null)
  await mkdir(join(folder, 'in'))
  await writeFile(join(folder, 'in', 'stage'), 'target-first')
  await until(() => own.last() === 'target-first')
  expect(own.troubles).toEqual([])
  await own.end()
})

test('what is no stage is told once, and the next stage ends the trouble; after the end nothing is told', async () => {
  const path = join(folder, 'stage')
  await writeFile(path, 'sauce-first')
  const own = listen(fileStage({ path }))
  await until(() => own.troubles.length === 1)
  expect(own.troubles[0]).toMatch(/"sauce-first".*source-only, source-first/)
  await writeFile(path, 'sauce-last')
  await writeFile(path, 'source-first')
  await until(() => own.last() === 'source-first')
  await writeFile(path, 'sauce-first')
  await until(() => own.troubles.length === 2)
  await own.end()
  const told = own.stages.length
  await writeFile(path, 'source-only')
  await sleep(100)
  expect(own.stages).toHaveLength(told)
})

test('set writes as a whole, keeps other migrations, and leaves nothing behind', async () => {
  const path = join(folder, 'stage.json')
  const source = fileStage({ path })
  await Promise.all([source.set!('shop', 'source-first'), source.set!('billing', 'target-first')])
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ shop: 'source-first', billing: 'target-first' })
  expect(await source.get('billing')).toBe('target-first')
  expect(await readdir(folder)).toEqual(['stage.json'])
  await expect(fileStage({ path: join(folder, 'no', 'stage') }).set!('shop', 'source-only')).rejects.toThrow(
    /ENOENT/,
  )
})
