// The session of each runner that decides itself where its statements go; the other runners are native ones of a side.

import type { QueryRunner } from 'typeorm'
import type { Session } from './place.ts'

const sessions = new WeakMap<QueryRunner, Session>()

export function setSession(runner: QueryRunner, session: Session): void {
  sessions.set(runner, session)
}

export function sessionOf(runner: QueryRunner): Session | undefined {
  return sessions.get(runner)
}
