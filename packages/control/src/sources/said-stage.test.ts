import { expect, test } from 'vitest'
import { saidStage, textThatSays } from './said-stage.ts'

test.each([
  ['source-first\n', 'source-first'],
  ['"target-only"', 'target-only'],
  ['{ "shop": "target-first", "billing": "source-only" }', 'target-first'],
  ['{ "billing": "source-only" }', null],
  ['{ "shop": null }', null],
  ['', null],
  [null, null],
])('%j says %j', (text, stage) => {
  expect(saidStage(text, 'shop')).toBe(stage)
})

test.each([
  ['sauce-first', /"sauce-first"/],
  ['{ "shop": 3 }', /"3"/],
  ['{ "shop": ', /which is no stage/],
  ['"', /which is no stage/],
  ['["source-first"]', /which is no stage/],
])('%j is refused with what was read and the stages there are', (text, names) => {
  expect(() => saidStage(text, 'shop')).toThrow(names)
  expect(() => saidStage(text, 'shop')).toThrow(/source-only, source-first, target-first, target-only/)
})

test('a long text is not shown whole: it may be no flag but a secret', () => {
  const text = `{ "password": "${'x'.repeat(40)}SECRET" `
  expect(() => saidStage(text, 'shop')).toThrow(/^(?!.*SECRET)/)
})

test('a text keeps its form, and what it says of other migrations', () => {
  expect(textThatSays('source-only', 'shop', 'source-first')).toBe('source-first\n')
  const json = textThatSays('{ "billing": "source-only" }', 'shop', 'source-first')
  expect(JSON.parse(json)).toEqual({ billing: 'source-only', shop: 'source-first' })
  expect(JSON.parse(textThatSays(null, 'shop', 'source-first'))).toEqual({ shop: 'source-first' })
})
