// What a plan says about pairs of columns, taken from its messages: what a user would read.

import type { MappingProblem, Side } from '@twinwrite/core'

export interface Said {
  /** No text in common: the column stays behind. */
  readonly unsupported: boolean
  /** Must be accepted by name, in one direction or the other. */
  readonly lossy: boolean
  /** Of the way from the source to the target: what is lost or refused. */
  readonly phrases: readonly string[]
}

export const nothing: Said = { unsupported: false, lossy: false, phrases: [] }

/** By table and column, such as `g1.c2`. */
export function saidOf(problems: readonly MappingProblem[]): Map<string, Said> {
  const found = new Map<string, Said>()
  for (const { severity, code, table, column, message } of problems) {
    if (code !== 'TW_TYPE_UNSUPPORTED' && code !== 'TW_TYPE_LOSSY') {
      if (severity === 'error') throw new Error(`${code}: ${message}`)
      continue
    }
    if (column === undefined) {
      for (const [name, phrase] of ofTable(message)) add(`${table}.${name}`, phrase)
      continue
    }
    const name = `${table}.${column}`
    const before = found.get(name) ?? nothing
    const forward = fromSide(message) === 'source'
    found.set(name, {
      unsupported: before.unsupported || code === 'TW_TYPE_UNSUPPORTED',
      lossy: before.lossy || (code === 'TW_TYPE_LOSSY' && severity === 'error'),
      phrases: forward ? [...before.phrases, ...phrasesOf(message)] : before.phrases,
    })
  }
  return found

  function add(name: string, phrase: string): void {
    const before = found.get(name) ?? nothing
    found.set(name, { ...before, phrases: [...before.phrases, phrase] })
  }
}

/** What is said at once of several columns on their way from the source. */
function ofTable(message: string): [column: string, phrase: string][] {
  if (fromSide(message) !== 'source') return []
  const refused = /: rows with (.*) will be refused and blocked$/s.exec(message)?.[1] ?? ''
  return refused.split(' or ').flatMap((part) => {
    const [, phrase = '', names = ''] = /^(.*) in ([^ ]+(?:, [^ ]+)*)$/.exec(part) ?? []
    return names.split(', ').map((name): [string, string] => [name, phrase])
  })
}

function fromSide(message: string): Side {
  return /^\S+ \(source,/.test(message) ? 'source' : 'target'
}

function phrasesOf(message: string): string[] {
  const lost = /\) loses (.*)$/s.exec(message)?.[1]
  if (lost !== undefined) return split(lost, ' and ')
  const refused = /: rows with (.*) will be refused and blocked$/s.exec(message)?.[1]
  return refused === undefined ? [] : split(refused, ' or ')
}

/** Phrases that name two engines. */
const holdingTwo = /^values whose text differs|^texts that the collations of/

/** Some phrases hold the word themselves. */
function split(text: string, word: string): string[] {
  const whole = [
    'integers other than 0 and 1',
    'NaN and infinity',
    'years before 1 or after 275760',
    'bit strings other than 0 and 1',
    'texts other than "true" and "false"',
    'texts that are not JSON, and how JSON is written',
    'texts that are not a date and time',
    'JSON numbers beyond 64-bit integers and doubles, which MySQL rounds',
    'instants before 1970 or after 2038-01-19',
    'times below 00:00:00 or above 24:00:00',
    'infinity and years outside 1 to 9999',
    'texts that its collation and that of the other side do not agree about',
  ]
  const parts = text.split(word)
  const found: string[] = []
  for (let at = 0; at < parts.length; at++) {
    const joined = at + 1 < parts.length ? `${parts[at]}${word}${parts[at + 1]}` : null
    if (joined !== null && (whole.includes(joined) || holdingTwo.test(joined))) {
      found.push(joined)
      at++
    } else found.push(parts[at]!)
  }
  return found
}
