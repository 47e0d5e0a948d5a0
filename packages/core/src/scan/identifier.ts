// Names as the engine understands them: quotes removed, PostgreSQL's folding and cutting applied.

const longestPostgresName = 63

/** An unquoted PostgreSQL name: ASCII letters in lower case, cut to 63 bytes. */
export function foldPostgresName(name: string): string {
  return cutPostgresName(
    /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name,
  )
}

/** PostgreSQL cuts names to 63 bytes of UTF-8 without splitting a character. */
export function cutPostgresName(name: string): string {
  // No character takes more than three bytes per UTF-16 unit.
  if (name.length * 3 <= longestPostgresName) return name
  let bytes = 0
  let at = 0
  for (const char of name) {
    const code = char.codePointAt(0) as number
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (bytes > longestPostgresName) return name.slice(0, at)
    at += char.length
  }
  return name
}

/** The name inside "a", `a` or [a]; doubled quotes stand for one. */
export function unquote(text: string): string {
  const quote = text.charAt(0)
  const inner = text.slice(1, -1)
  return quote !== '[' && inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner
}
