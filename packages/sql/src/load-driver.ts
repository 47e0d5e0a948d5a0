// Database drivers are optional peers: each is loaded when the first connection of its engine opens.

import { TwinwriteError } from '@twinwrite/core'

/** @throws TwinwriteError `TW_ENGINE_UNSUPPORTED` naming the package to install */
export async function loadDriver<T>(name: string, load: () => Promise<unknown>): Promise<T> {
  try {
    const module = (await load()) as { default?: T }
    return module.default ?? (module as T)
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new TwinwriteError('TW_ENGINE_UNSUPPORTED', `the driver "${name}" is not installed`, {
      hint: `Install it beside twinwrite: npm install ${name}`,
      cause: error,
    })
  }
}
