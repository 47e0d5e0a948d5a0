// A file that says the stage. Its folder is watched, not the file: it may be replaced by a rename, be a link that is turned (a mounted
// ConfigMap), or not be there yet. A glance every second finds what the system does not tell (network file systems, a new folder).

import { randomUUID } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { type StageListener, type StageSource, TwinwriteError } from '@twinwrite/core'
import { LookOut } from './look-out.ts'
import { saidStage, textThatSays } from './said-stage.ts'
import { within } from './within.ts'

export interface FileStageOptions {
  /** A file with one word for all migrations, or JSON: `{ "shop": "source-first" }`. */
  readonly path: string
  /** Longest time (ms) of a read or write. Default: 2000. */
  readonly timeoutMs?: number
}

const glanceMs = 1000

/** @example fileStage({ path: '/etc/shop/stage.json' }) */
export function fileStage({ path, timeoutMs = 2000 }: FileStageOptions): StageSource {
  if (path === '') throw new TwinwriteError('TW_CONFIG_INVALID', 'fileStage without a path')
  const file = resolve(path)
  const read = (): Promise<string | null> => within(timeoutMs, contents(file))
  let writing: Promise<void> = Promise.resolve()
  return {
    name: `file ${path}`,
    get: async (migration) => saidStage(await read(), migration),
    watch: (migration, listener) => watchFile(file, listener, async () => saidStage(await read(), migration)),
    set: (migration, stage) => {
      // One after the other: each changes its own migration in what it has read.
      const written = writing.then(async () =>
        within(timeoutMs, replace(file, textThatSays(await read(), migration, stage))),
      )
      writing = written.catch(() => undefined)
      return written
    },
  }
}

function watchFile(
  file: string,
  listener: StageListener,
  read: ConstructorParameters<typeof LookOut>[2],
): () => Promise<void> {
  let watcher: FSWatcher | undefined
  const lookOut = new LookOut(listener, glanceMs, () => {
    watcher ??= watchFolder(dirname(file), {
      changed: (name) => (name === basename(file) ? lookOut.look() : lookOut.glance()),
      lost: () => {
        watcher = undefined
      },
    })
    return read()
  })
  lookOut.look()
  return async () => {
    await lookOut.end()
    watcher?.close()
  }
}

/** Undefined while there is no such folder. */
function watchFolder(
  folder: string,
  on: { changed(name: string | null): void; lost(): void },
): FSWatcher | undefined {
  try {
    const watcher = watch(folder, (_, name) => on.changed(name))
    watcher.on('error', () => {
      watcher.close()
      on.lost()
    })
    return watcher
  } catch {
    return undefined
  }
}

async function contents(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whoever reads meanwhile sees the old text or the new one. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = `${file}.${randomUUID().slice(0, 8)}.new`
  try {
    await writeFile(fresh, text)
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}
