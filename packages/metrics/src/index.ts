export { type PrometheusMetrics, prometheusMetrics, type PrometheusOptions } from './prometheus.ts'
export { type StructuredLogger, type StructuredLogOptions, structuredLog } from './structured-log.ts'
export { type InstrumentName, instruments, prometheusName } from './instruments.ts'
export type { LookOptions } from './look.ts'
