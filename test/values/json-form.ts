// JSON as the oracle compares it: numbers by value, members by name and then in their order, those with equal names too.

import { plainNumber } from './number-form.ts'

const token = /\s*([{}[\],:]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)\s*/y

/** Null where the text is no JSON. */
export function jsonForm(text: string): string | null {
  token.lastIndex = 0
  const tokens: string[] = []
  while (token.lastIndex < text.length) {
    const found = token.exec(text)
    if (found === null) return null
    tokens.push(found[1]!)
  }
  const parsed = value(tokens, 0)
  return parsed !== null && parsed.next === tokens.length ? parsed.form : null
}

interface Parsed {
  readonly form: string
  readonly next: number
}

function value(tokens: readonly string[], at: number): Parsed | null {
  const first = tokens[at]
  if (first === undefined) return null
  if (first === '[') return list(tokens, at)
  if (first === '{') return members(tokens, at)
  if (first.startsWith('"')) {
    const form = stringForm(first)
    return form === null ? null : { form, next: at + 1 }
  }
  // By value: not every engine has a zero with a sign.
  if (/^[-\d]/.test(first)) return { form: plainNumber(first)!.replace(/^-0$/, '0'), next: at + 1 }
  return /^[a-z]/.test(first) ? { form: first, next: at + 1 } : null
}

function stringForm(quoted: string): string | null {
  try {
    return JSON.stringify(JSON.parse(quoted))
  } catch {
    return null
  }
}

function list(tokens: readonly string[], at: number): Parsed | null {
  const items: string[] = []
  if (tokens[at + 1] === ']') return { form: '[]', next: at + 2 }
  for (let next = at + 1; ; next++) {
    const item = value(tokens, next)
    if (item === null) return null
    items.push(item.form)
    next = item.next
    if (tokens[next] === ']') return { form: `[${items.join(',')}]`, next: next + 1 }
    if (tokens[next] !== ',') return null
  }
}

function members(tokens: readonly string[], at: number): Parsed | null {
  const found: [name: string, form: string][] = []
  if (tokens[at + 1] === '}') return { form: '{}', next: at + 2 }
  for (let next = at + 1; ; next++) {
    const name = tokens[next]?.startsWith('"') ? stringForm(tokens[next]!) : null
    if (name === null || tokens[next + 1] !== ':') return null
    const member = value(tokens, next + 2)
    if (member === null) return null
    found.push([name, member.form])
    next = member.next
    if (tokens[next] === '}') {
      const ordered = found.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      return { form: `{${ordered.map((pair) => pair.join(':')).join(',')}}`, next: next + 1 }
    }
    if (tokens[next] !== ',') return null
  }
}
