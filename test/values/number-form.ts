// Numbers as the oracle compares them: by value, however they were written.

/** Digits without zeros at either end, and the power of ten; null where the text is no number. */
export function plainNumber(text: string): string | null {
  if (/^(NaN|-?Infinity)$/.test(text)) return text
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (parts === null) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  if (whole + fraction === '') return null
  const minus = sign === '-' ? '-' : ''
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return `${minus}0`
  return `${minus}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}

/** A 64-bit float of which a server gave enough digits. */
export function floatForm(text: string, rounded: (value: number) => number = (value) => value): string {
  const value = rounded(Number(text.replace(/^(-?)Inf$/, '$1Infinity')))
  return Object.is(value, -0) ? '-0' : plainNumber(String(value))!
}
