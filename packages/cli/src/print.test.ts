import { expect, it } from 'vitest'
import { print } from './print.ts'

function printed(terminal: boolean, text: string): string {
  let out = ''
  const stream = { write: (some: string) => void (out += some) }
  print({ process: { stdout: stream, stderr: stream }, terminal }, text)
  return out
}

const key = 'missing names \u001b[2J\u0000\u009b1m\u202e\u2066é\tü\n  next\u007f\r'

it('a terminal is shown the control characters of keys and values instead of obeying them', () => {
  expect(printed(true, key)).toBe(
    String.raw`missing names \u001b[2J\u0000\u009b1m\u202e\u2066é` +
      '\tü\n  next' +
      String.raw`\u007f\u000d` +
      '\n',
  )
  const text = JSON.stringify({ key })
  expect(JSON.parse(printed(true, text))).toEqual({ key })
})

it('what goes into a file or a pipe is exact', () => {
  expect(printed(false, key)).toBe(`${key}\n`)
})
