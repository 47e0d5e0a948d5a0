// Canonical texts of floats and decimals, where a server's own text is longer, shorter or otherwise shaped than needed.

/** Shortest text that reads back to the same 64-bit float; "-0" keeps its sign. */
export function float64Text(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Shortest text that reads back to the same 32-bit float. */
export function float32Text(value: number): string {
  const single = Math.fround(value)
  if (!Number.isFinite(single) || single === 0) return float64Text(single)
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(single.toPrecision(digits))
    if (Math.fround(shorter) === single) return String(shorter)
  }
  return String(Number(single.toPrecision(9)))
}

const written = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Decimal text without exponent, superfluous zeros and "-0"; null when the text is no finite number. */
export function decimalText(text: string): string | null {
  const parts = written.exec(text)
  if (parts === null) return null
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts
  if (whole === '' && fraction === '') return null
  const point = whole.length + Number(exponent)
  if (Math.abs(point) > 20_000) return null
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(point, '0')
  const start = Math.max(0, point)
  const integer = digits.slice(0, start).replace(/^0+/, '') || '0'
  const rest = digits.slice(start).replace(/0+$/, '')
  if (integer === '0' && rest === '') return '0'
  return `${sign === '-' ? '-' : ''}${integer}${rest === '' ? '' : `.${rest}`}`
}
