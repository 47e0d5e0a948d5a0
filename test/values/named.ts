// Which values each phrase of a plan speaks of: a value that is refused or altered without one of them was not named.

import type { Told } from './equal.ts'
import type { Form } from './form.ts'

const utf8 = (meaning: string): string => Buffer.from(meaning.slice(2), 'hex').toString('utf8')

/** Digits before and behind the point of a number's plain form. */
function digits(
  meaning: string,
): { readonly before: number; readonly behind: number; readonly all: number } | null {
  const parts = /^n:-?(\d+)e(-?\d+)$/.exec(meaning)
  if (parts === null) return null
  const [all, exponent] = [parts[1]!.length, Number(parts[2])]
  return {
    before: Math.max(0, all + exponent),
    behind: Math.max(0, -exponent),
    all: Math.max(all, all + exponent),
  }
}

const number = (meaning: string): number => Number(meaning.slice(2))
const isFinite = (meaning: string): boolean => meaning.startsWith('n:') && Number.isFinite(number(meaning))
const fractionOf = (meaning: string): string =>
  meaning.startsWith('i:') ? meaning.slice(-6).replace(/0+$/, '') : (/\.(\d+)/.exec(meaning)?.[1] ?? '')
const isText = ({ meaning }: Told): boolean => meaning.startsWith('t:')
/** An instant outside of the years 1 to 9999. */
const isFar = (meaning: string): boolean =>
  meaning.startsWith('i:') && !(number(meaning) >= -62135596800e6 && number(meaning) < 253402300800e6)
const always = (): boolean => true
const never = (): boolean => false

const letters: Partial<Record<Form, RegExp>> = {
  number: /^n:/,
  float64: /^n:/,
  boolean: /^B:/,
  date: /^d:(?!0000)\d{4}-(?!00)\d\d-(?!00)\d\d$/,
  time: /^c:(?![3-9]\d|2[5-9]|-|24:.*[1-9])/,
  datetime: /^l:/,
  json: /^j:/,
  uuid: /^u:/,
  text: /^t:/,
  bytes: /^b:/,
}

/** A fraction in a column of integers is none of their type, either. */
function isStray({ form, meaning }: Told): boolean {
  const usual = letters[form]
  return (
    usual !== undefined &&
    (!usual.test(meaning) ||
      (digits(meaning)?.behind ?? 0) > 0 ||
      (digits(meaning)?.before ?? 0) > 19 ||
      meaning.endsWith('Infinity'))
  )
}

type Speaks = (told: Told, found: RegExpExecArray) => boolean

const phrases: readonly (readonly [RegExp, Speaks])[] = [
  [/^integers below (-?\d+)$/, ({ meaning }, [, limit]) => number(meaning) < Number(limit) + 1],
  [/^integers above (-?\d+)$/, ({ meaning }, [, limit]) => number(meaning) > Number(limit) - 1],
  [/^fractions$/, ({ meaning }) => (digits(meaning)?.behind ?? 1) > 0],
  [
    /^numbers with more than (\d+) digits before the point$/,
    ({ meaning }, [, most]) => (digits(meaning)?.before ?? Infinity) > Number(most),
  ],
  [
    /^fraction digits beyond (\d+)$/,
    ({ meaning }, [, most]) => (digits(meaning)?.behind ?? 0) > Number(most),
  ],
  [
    /^digits that a (32|64)-bit float does not hold$/,
    ({ meaning }, [, bits]) =>
      (digits(meaning)?.all ?? 0) > (bits === '32' ? 6 : 15) ||
      !isFinite(meaning) ||
      Math.abs(number(meaning)) > 3e38,
  ],
  [
    /^numbers of more digits than a 64-bit float holds$/,
    ({ meaning }) => (digits(meaning)?.all ?? 0) > 15 || (digits(meaning)?.behind ?? 0) > 300,
  ],
  [/^the type .*: kept as its canonical text$/, always],
  [/^more than (\d+) characters$/, (told, [, most]) => [...utf8(told.meaning)].length > Number(most)],
  [/^more than (\d+) bytes$/, ({ meaning }, [, most]) => (meaning.length - 2) / 2 > Number(most)],
  [/^more than (\d+) bits$/, ({ meaning }, [, most]) => meaning.length - 2 > Number(most)],
  [/^digits that .* rounds$/, always],
  [/^16 bytes of a UUID$/, always],
  [/^blanks at the end of a text$/, (told) => isText(told) && utf8(told.meaning).endsWith(' ')],
  [/^the length of (byte|bit) strings/, always],
  [/^byte strings that are not 16 bytes long$/, ({ meaning }) => meaning.length !== 34],
  [/^texts that (differ only in case|its collation|the collations of)/, isText],
  [/^texts that are not a lower-case UUID$/, ({ meaning }) => !meaning.startsWith('u:')],
  [/^texts that are not valid UTF-8$/, ({ meaning }) => meaning.startsWith('r:')],
  [/^texts (that are not|other than) /, isText],
  [/^integers other than 0 and 1$/, ({ meaning }) => !/^n:(0|1e0)$/.test(meaning)],
  [/^bit strings other than 0 and 1$/, always],
  [/^the time of day$/, ({ meaning }) => !meaning.endsWith(' 00:00:00')],
  [/^local times, which are taken as UTC$/, never],
  [/^the zone: the time is written in UTC$/, never],
  [
    /^fraction digits of seconds beyond (\d+)$/,
    ({ meaning }, [, most]) => fractionOf(meaning).length > Number(most),
  ],
  [/^labels /, always],
  [/^values whose text differs between /, always],
  [/^JSON numbers beyond 64-bit integers and doubles/, ({ meaning }) => /\de\d|\d{16}/.test(meaning)],
  [/^values that are not of the declared type$/, isStray],
  [/^NULL$/, never],
  [/^years before 1$/, ({ meaning }) => meaning.endsWith(' BC')],
  [
    /^years before 1 or after 275760$/,
    ({ meaning }) => !(number(meaning) > -62135596800e6 - 1 && number(meaning) < 8.64e18),
  ],
  [
    /^instants before 1970 or after 2038-01-19$/,
    ({ meaning }) => !(number(meaning) > 0 && number(meaning) < 2147483648e6),
  ],
  [
    /^times below 00:00:00 or above 24:00:00$/,
    ({ meaning }) => /^c:(-|[3-9]\d:|2[4-9]:|\d{3})/.test(meaning),
  ],
  [
    /^zero dates such as 0000-00-00$/,
    ({ meaning }) => /^[dli]:(0000-|\d+-00|\d+-\d+-00)|^[dl]:2023-02-31/.test(meaning),
  ],
  [/^texts with a NUL character$/, (told) => isText(told) && utf8(told.meaning).includes('\u0000')],
  [/^characters that \w+ does not have$/, ({ meaning }) => /^t:.*[89a-f][0-9a-f]/.test(meaning)],
  [/^NaN and infinity$/, ({ meaning }) => /^n:(NaN|-?Infinity)$/.test(meaning)],
  [/^JSON objects with a key twice$/, ({ meaning }) => /("[^"]*"):.*\1:/.test(meaning)],
  [/^JSON strings with \\u0000$/, ({ meaning }) => meaning.includes('\\u0000')],
  [
    /^infinity and years outside 1 to 9999$/,
    ({ meaning }) => /infinity| BC$|^[dl]:\d{5}/.test(meaning) || isFar(meaning),
  ],
]

/** Whether one of the phrases that a plan says about a pair of columns speaks of this value. */
export function isNamed(said: readonly string[], told: Told): boolean {
  return said.some((phrase) => {
    const known = phrases.find(([pattern]) => pattern.test(phrase))
    if (known === undefined) throw new Error(`the plan says something new: ${phrase}`)
    return known[1](told, known[0].exec(phrase)!)
  })
}
