import { expect, test } from 'vitest'
import { environmentStage } from './environment-stage.ts'
import { listen } from './testing/heard.ts'

test('a variable tells the stage that the process was started with, or trouble', async () => {
  process.env['TWINWRITE_TEST_STAGE'] = 'source-first'
  const source = environmentStage({ variable: 'TWINWRITE_TEST_STAGE' })
  process.env['TWINWRITE_TEST_STAGE'] = 'sauce-first'
  expect(await source.get('shop')).toBe('source-first')
  expect(listen(source).stages).toEqual(['source-first'])
  const wrong = environmentStage({ variable: 'TWINWRITE_TEST_STAGE' })
  delete process.env['TWINWRITE_TEST_STAGE']
  expect(listen(wrong).troubles).toEqual([expect.stringContaining('"sauce-first"')])
  await expect(wrong.get('shop')).rejects.toMatchObject({ code: 'TW_STAGE_SOURCE' })
  expect(await environmentStage({ variable: 'TWINWRITE_TEST_STAGE' }).get('shop')).toBeNull()
})
