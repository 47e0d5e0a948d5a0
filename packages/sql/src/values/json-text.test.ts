import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { fitsBinaryNumber, jsonNumbers, jsonText, keyGivenTwice } from './json-text.ts'

describe('canonical JSON', () => {
  it.prop([fc.jsonValue(), fc.nat({ max: 4 })])(
    'means the same, and does not depend on blanks',
    (value, indent) => {
      const canonical = jsonText(JSON.stringify(value, null, indent))
      expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonical).toBe(jsonText(canonical))
    },
  )

  it.prop([fc.dictionary(fc.string(), fc.integer())])('does not depend on the order of keys', (members) => {
    const reversed = Object.fromEntries(Object.entries(members).reverse())
    expect(jsonText(JSON.stringify(members))).toBe(jsonText(JSON.stringify(reversed)))
  })

  it('keeps numbers as they were written, beyond what JavaScript holds', () => {
    const text = '[1.50,1e400,-0,12345678901234567890.12345678901234567890]'
    expect(jsonText(text)).toBe(text)
    expect(jsonText('{"b":1,"a":{"z":[],"y":{}},"b":2}')).toBe('{"a":{"y":{},"z":[]},"b":1,"b":2}')
  })

  it('tells of a key that stands twice in one object', () => {
    expect(['{"a":1,"b":{"a":2}}', '[{"a":1},{"a":1}]', '{"a":1,"a":'].map(keyGivenTwice)).toEqual([
      null,
      null,
      null,
    ])
    expect(['{"a":1,"\\u0061":2}', '[{"b":{"x":1,"y":2,"x":1}}]'].map(keyGivenTwice)).toEqual(['a', 'x'])
  })

  it('leaves a text that is no JSON as it is', () => {
    const others = ['', '{', '[1,]', '{"a":1,}', '01', "{'a':1}", '"\n"', 'nul', '1 2', '{"a"}', '"\\x"']
    expect(others.map(jsonText)).toEqual(others)
    expect(others.map(jsonNumbers)).toEqual(others.map(() => null))
  })

  it('tells which numbers a 64-bit integer or a double holds', () => {
    const held = ['0', '-9223372036854775808', '18446744073709551615', '0.1', '1e308', '2.50', '1e2']
    const not = [
      '18446744073709551616',
      '-9223372036854775809',
      '0.12345678901234567890123',
      '1e309',
      '123456789012345678.5',
    ]
    expect(held.filter((number) => !fitsBinaryNumber(number))).toEqual([])
    expect(not.filter(fitsBinaryNumber)).toEqual([])
    expect(jsonNumbers('{"a":[1,2.5],"b":"3"}')).toEqual(['1', '2.5'])
  })
})
