// How a side, or a read replica of one, is named in `twinwrite.config.ts`.

import type { ConnectionSpec } from '@twinwrite/core'
import { z } from 'zod'
import { specOf } from './connection-url.ts'

/** A URL (`postgres:`, `mysql:`, `mariadb:`, `sqlite:` or `file:`), or the engine with its driver's own settings. */
export type SideConfig = string | ConnectionSpec

const engines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const
const sideForm = 'a URL (postgres:, mysql:, mariadb:, sqlite:, file:) or { engine, connection }'

export const side = z
  .union(
    [
      z.string().min(1),
      z.strictObject({ engine: z.enum(engines), connection: z.unknown().refine((given) => given != null) }),
    ],
    { error: sideForm },
  )
  .transform((given, context): ConnectionSpec => {
    if (typeof given !== 'string') return given
    const spec = specOf(given)
    if (spec === null) context.addIssue({ code: 'custom', message: sideForm })
    return spec ?? z.NEVER
  })
