// What a step of `npm test` counts. A step that failed without counting a failure, or that proved nothing, is one
// failure: a crash must never add up to green.

/**
 * @param {{ passed?: number, failed?: number, skipped?: number, numPassedTests?: number, numFailedTests?: number,
 *   numPendingTests?: number, numTodoTests?: number } | undefined} report of a proof, or of vitest's JSON reporter
 * @param {boolean} ok whether the step's process ended well
 */
export function stepCounts(report, ok) {
  const passed = report?.passed ?? report?.numPassedTests ?? 0
  const failed = report?.failed ?? report?.numFailedTests ?? 0
  const skipped = report?.skipped ?? (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0)
  return { passed, failed: failed === 0 && (!ok || passed === 0) ? 1 : failed, skipped }
}
