import { describe, expect, it } from 'vitest'
import { whatFailed } from './what-failed.mjs'

const noise = 'Connection Error: Connection ended unexpectedly\n'.repeat(30)

describe('what failed in a step', () => {
  it('are the tests of the report with their reasons, whatever else was printed', () => {
    const report = {
      testResults: [
        { name: '/a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'holds' }] },
        {
          name: '/b.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'is well' },
            {
              status: 'failed',
              fullName: 'loses nothing',
              failureMessages: ['\u001B[31mexpected 1\u001B[0m\n\nto be 2'],
            },
          ],
        },
        { name: '/c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
      ],
    }
    expect(whatFailed(noise, report)).toEqual([
      '/b.test.ts: loses nothing',
      'expected 1',
      'to be 2',
      '/c.test.ts',
      'no such module',
    ])
  })

  it('are the lines that name a failure, before those that only look like one', () => {
    expect(whatFailed(`${noise}  NOT FOUND fillnolock\nend\n`)).toEqual(['  NOT FOUND fillnolock'])
    expect(whatFailed('well\nTypeError: no function\nend\n')).toEqual(['TypeError: no function'])
  })

  it('are the last lines where nothing looks like a failure', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`)
    expect(whatFailed(lines.join('\n'))).toEqual(lines.slice(-12))
  })
})
