// Dates and times as SQLite columns hold them (clients write milliseconds since 1970 or ISO texts), brought to the canonical
// text that typed engines read.

const iso = /^(\d{4,6}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?(?:Z|[+-]00:?00)?$/

/** `YYYY-MM-DD HH:MM:SS[.f]` in UTC; null when the text is no date and time, or one with another zone than UTC. */
export function localTimeText(text: string): string | null {
  if (/^-?\d+$/.test(text)) {
    const date = new Date(Number(text))
    return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1
      ? null
      : localTimeText(date.toISOString())
  }
  const parts = iso.exec(text)
  if (parts === null) return null
  const time = parts[2]!.length === 5 ? `${parts[2]}:00` : parts[2]!
  const digits = (parts[3] ?? '').replace(/0+$/, '')
  return `${parts[1]} ${time}${digits === '' ? '' : `.${digits}`}`
}
