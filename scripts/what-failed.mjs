// The lines of a failed step that tell most, to be repeated at the end of a long run.

const telling = /\bFAIL|×|NOT FOUND|\bTW_\w+|Error:|: W\d+:|^\s*failed/
const most = 12
const width = 200

/** At most 12 lines of the output, without colours: those that name a failure, or else the last ones. */
export function whatFailed(output) {
  // oxlint-disable-next-line no-control-regex
  const lines = output
    .replaceAll(/\u001B\[[\d;]*m/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const named = lines.filter((line) => telling.test(line))
  return (named.length > 0 ? named.slice(0, most) : lines.slice(-most)).map((line) => line.slice(0, width))
}
