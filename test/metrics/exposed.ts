// The text that Prometheus would read, parsed by a parser that is not ours.

import parseText from 'parse-prometheus-text-format'

/** Value of a series (of a histogram: its count); undefined when it is not exposed. */
export function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries({ migration: 'shop', ...labels })
  const family = parseText(text).find((each) => each.name === name)
  const found = family?.metrics.find((metric) =>
    wanted.every(([label, value]) => metric.labels?.[label] === value),
  )
  const value = found?.value ?? found?.count
  return value === undefined ? undefined : Number(value)
}

export function namesOf(text: string): string[] {
  return parseText(text).map(({ name }) => name)
}
