// Character classes of SQL texts. Every character above ASCII is part of a name in all four dialects.

const spaces = new Uint8Array(128)
for (const code of [9, 10, 12, 13, 32]) spaces[code] = 1

const nameParts = new Uint8Array(128)
for (let code = 0; code < 128; code++)
  if (/[A-Za-z0-9_$]/.test(String.fromCharCode(code))) nameParts[code] = 1

export function isSpace(code: number): boolean {
  return code < 128 && spaces[code] === 1
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** May start a name in every dialect. */
export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128
}

/** May continue a name in every dialect. */
export function isNamePart(code: number): boolean {
  return code >= 128 || nameParts[code] === 1
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102)
}
