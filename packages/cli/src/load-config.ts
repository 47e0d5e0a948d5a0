// Finds and reads `twinwrite.config.ts` (or .mts, .js, .mjs, .cts, .cjs), from the working directory or from where --config says.

import { isAbsolute, resolve } from 'node:path'
import { TwinwriteError } from '@twinwrite/core'
import { loadConfig } from 'c12'
import { parseConfig, type ResolvedEntry } from './config.ts'

/** @throws TwinwriteError `TW_CONFIG_INVALID` */
export async function loadMigrations(
  cwd: string,
  file: string | undefined,
): Promise<readonly ResolvedEntry[]> {
  const loaded = await load(cwd, file)
  if (loaded._configFile === undefined) {
    throw new TwinwriteError(
      'TW_CONFIG_INVALID',
      file === undefined ? `there is no twinwrite.config.ts in ${cwd}` : `there is no file ${file}`,
      { hint: 'Make one with `twinwrite init`, or name it with --config.' },
    )
  }
  return parseConfig(loaded.config, loaded._configFile)
}

async function load(cwd: string, file: string | undefined): ReturnType<typeof loadConfig> {
  try {
    return await loadConfig({
      cwd,
      name: 'twinwrite',
      ...(file === undefined ? {} : { configFile: isAbsolute(file) ? file : resolve(cwd, file) }),
      dotenv: true,
      rcFile: false,
      globalRc: false,
      packageJson: false,
      extend: false,
      giget: false,
      // A migration is an object with private parts: nothing may be copied out of it.
      merger: (...layers: readonly unknown[]) =>
        layers.find((layer) => layer !== null && layer !== undefined) as never,
      // What this Node can read by itself is read by it.
      jitiOptions: { tryNative: true },
    })
  } catch (error) {
    if (error instanceof TwinwriteError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new TwinwriteError(
      'TW_CONFIG_INVALID',
      `${file ?? 'twinwrite.config.ts'} can't be read: ${message}`,
      {
        cause: error,
      },
    )
  }
}
