// How an app asks each engine for the id that its connection generated last.

import type { Engine } from '@twinwrite/testkit'

export const lastId: Record<Engine, string> = {
  postgres: 'SELECT lastval() AS id',
  sqlite: 'SELECT last_insert_rowid() AS id',
  mysql: 'SELECT LAST_INSERT_ID() AS id',
  mariadb: 'SELECT LAST_INSERT_ID() AS id',
}
