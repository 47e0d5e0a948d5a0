export { previewRehearsal, rehearse, type RehearsalPreview } from './rehearse.ts'
export type { Found, FoundBy } from './fleet/job.ts'
export type { RehearseOptions } from './options.ts'
export type {
  KillReport,
  LossyReport,
  OutageReport,
  RehearsalReport,
  StatementsReport,
  StepReport,
  TableReport,
  TrafficReport,
  UnmirrorableReport,
} from './report.ts'
