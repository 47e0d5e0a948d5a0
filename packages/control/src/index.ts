export { type AuditedStep, auditTrail, type StepOutcome } from './audit.ts'
export { duration } from './duration.ts'
export { type Gate, type GateName, gateText } from './gate.ts'
export { gatesBefore, liveProcesses, processText, type StepKind, stepKind } from './gates.ts'
export { type GateLimits, type Limits, limitsOf } from './limits.ts'
export { previewStep, type StepPreview } from './step-preview.ts'
export { moveStage, type MoveOptions, type MoveReport } from './move-stage.ts'
export { environmentStage, type EnvironmentStageOptions } from './sources/environment-stage.ts'
export { fileStage, type FileStageOptions } from './sources/file-stage.ts'
export { httpStage, type HttpStageOptions } from './sources/http-stage.ts'
export {
  type OpenFeatureClient,
  openFeatureStage,
  type OpenFeatureStageOptions,
} from './sources/openfeature-stage.ts'
export type { RedisClient } from './sources/redis-client.ts'
export { redisStage, type RedisStageOptions } from './sources/redis-stage.ts'
export { type StageEndpoint, stageEndpoint, type StageEndpointOptions } from './sources/stage-endpoint.ts'
export { carryOut, type CarryOutOptions } from './carry-out/carry-out.ts'
