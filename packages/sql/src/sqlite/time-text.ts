// SQLite has no type for dates: clients of JavaScript write milliseconds since 1970 (Knex), toISOString() or the text of
// CURRENT_TIMESTAMP into the same column. All of them become texts that other engines read as date and time, and the number of
// zeros after the milliseconds tells how the value is stored, so that it comes back into SQLite as it was (other engines' texts never
// end in zeros):
//   six digits ".123000": an integer; five digits ".12300": YYYY-MM-DDTHH:MM:SS.sssZ; as stored otherwise, with two more
//   zeros where it would look like one of these.

import { hasNul } from './any-text.ts'

const digits = '[0-9][0-9]'
const time = `${digits}:${digits}:${digits}`
const milliseconds = '.[0-9][0-9][0-9]'

/** SQL of the text, given the SQL of the column. */
export function timeText(e: string): string {
  const rest = `(((${e}) % 1000) + 1000) % 1000`
  const iso = `${digits}${digits}-${digits}-${digits}T${time}${milliseconds}Z`
  return (
    `CASE typeof(${e})` +
    ` WHEN 'integer' THEN coalesce(strftime('%Y-%m-%d %H:%M:%S', ((${e}) - ${rest}) / 1000, 'unixepoch')` +
    ` || printf('.%03d000', ${rest}), CAST(${e} AS TEXT))` +
    ` WHEN 'text' THEN CASE WHEN ${hasNul(e)} THEN ${e} WHEN ${e} GLOB '${iso}' THEN substr(${e}, 1, 10) || ' ' || substr(${e}, 12, 12) || '00'` +
    ` WHEN ${onlyZeros(e, '00')} THEN ${e} || '00' ELSE ${e} END` +
    ` WHEN 'blob' THEN ${e} ELSE replace(CAST(${e} AS TEXT), 'Inf', '9e999') END`
  )
}

/** SQL of the value as it was stored, given the SQL of its text. */
export function timeValue(text: string): string {
  return (
    `(SELECT CASE WHEN ${hasNul('v')} THEN v WHEN v GLOB '*${time}${milliseconds}000'` +
    ` THEN CAST(strftime('%s', substr(v, 1, length(v) - 7)) AS INTEGER) * 1000 + CAST(substr(v, -6, 3) AS INTEGER)` +
    ` WHEN v GLOB '*${time}${milliseconds}00' THEN substr(v, 1, 10) || 'T' || substr(v, 12, 12) || 'Z'` +
    ` WHEN ${onlyZeros('v', '0000')} THEN substr(v, 1, length(v) - 2) ELSE v END FROM (SELECT ${text} AS v))`
  )
}

/** Milliseconds and then nothing but zeros, at least as many as given. */
function onlyZeros(e: string, least: string): string {
  return `${e} GLOB '*${time}${milliseconds}${least}*' AND rtrim(substr(${e}, instr(${e}, '.') + 4), '0') = ''`
}
