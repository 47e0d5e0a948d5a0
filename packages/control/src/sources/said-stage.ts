// What a backend holds, as a stage. Two forms: a plain word, which is meant for every migration that asks, or JSON that names each:
// { "shop": "source-first", "billing": "source-only" }.

import { isStage, type Stage, stages } from '@twinwrite/core'
import { sourceFailure } from './source-failure.ts'

/** Most of a wrong text that is shown. */
const shownLength = 40

/** @returns null where it says nothing of the migration @throws TwinwriteError `TW_STAGE_SOURCE` that names what was read */
export function saidStage(text: string | null, migration: string): Stage | null {
  const word = text?.trim() ?? ''
  if (word === '') return null
  const said = /^["{]/.test(word) ? named(word, migration) : word
  if (said === null || said === undefined) return null
  if (isStage(said)) return said
  throw noStage(typeof said === 'string' ? said : JSON.stringify(said))
}

/** The text that says the stage, in the form of the one that is there. */
export function textThatSays(before: string | null, migration: string, stage: Stage): string {
  const word = before?.trim() ?? ''
  if (isStage(word)) return `${stage}\n`
  const others = word.startsWith('{') ? parsed(word) : {}
  return `${JSON.stringify({ ...(others as object), [migration]: stage }, null, 2)}\n`
}

function named(text: string, migration: string): unknown {
  const value = parsed(text)
  if (typeof value === 'string' || value === null) return value
  return Object.hasOwn(value, migration) ? (value as Record<string, unknown>)[migration] : null
}

function parsed(text: string): string | object | null {
  try {
    return JSON.parse(text) as string | object
  } catch {
    throw noStage(text)
  }
}

function noStage(read: string): Error {
  const shown = read.length > shownLength ? `${read.slice(0, shownLength)}...` : read
  return sourceFailure(`it holds ${JSON.stringify(shown)}, which is no stage; there are ${stages.join(', ')}`)
}
