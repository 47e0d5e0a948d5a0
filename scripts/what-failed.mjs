// What tells most of a failed step, to be repeated at the end of a long run.

const naming = /\bFAIL|×|NOT FOUND|: W\d+:|^\s*failed/
const telling = /\bTW_\w+|Error:/
const most = 24
const width = 200

const withoutColours = (text) =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/\u001B\[[\d;]*m/g, '')

const linesOf = (text) =>
  withoutColours(text)
    .split('\n')
    .filter((line) => line.trim() !== '')

/** The failed tests of vitest's JSON report, each with what its first failure says; files that did not load too. */
function failedTests(report) {
  return (report.testResults ?? []).flatMap(({ name, message, status, assertionResults = [] }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [name, ...linesOf(message ?? '').slice(0, 6)] : []
    return failed.flatMap(({ fullName, failureMessages = [] }) => [
      `${name}: ${fullName}`,
      ...linesOf(failureMessages[0] ?? '').slice(0, 6),
    ])
  })
}

/** The lines that name a failure, or else those that look like one, or else the last ones. */
function tellingLines(output) {
  const lines = linesOf(output)
  for (const pattern of [naming, telling]) {
    const named = lines.filter((line) => pattern.test(line))
    if (named.length > 0) return named
  }
  return lines.slice(-12)
}

/**
 * @param {string} output what the step printed
 * @param {object} [report] the JSON that it wrote, of vitest or of a proof
 * @returns {string[]} at most 24 lines without colours, each of at most 200 characters
 */
export function whatFailed(output, report = {}) {
  const tests = failedTests(report)
  return (tests.length > 0 ? tests : tellingLines(output)).slice(0, most).map((line) => line.slice(0, width))
}
