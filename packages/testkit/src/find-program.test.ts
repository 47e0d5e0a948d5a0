// A machine that cannot have a server is told what to do about it.
import { afterEach, expect, it, vi } from 'vitest'
import { serverEngines } from './engine.ts'
import { findProgram } from './find-program.ts'

afterEach(() => vi.unstubAllEnvs())

it.each(serverEngines)(
  'names compose.yaml and the variable where %s is neither installed nor packaged',
  async (engine) => {
    vi.stubEnv('TWINWRITE_TEST_INSTALLED', '0')
    await expect(findProgram(engine, false)).rejects.toThrow(
      new RegExp(
        `docker compose up --wait ${engine}.*compose.yaml.*TWINWRITE_TEST_${engine.toUpperCase()}_URL=`,
      ),
    )
  },
)
