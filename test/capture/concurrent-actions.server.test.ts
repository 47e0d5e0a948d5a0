// Children come and parents go at the same time: every child that a foreign-key action removed or emptied was captured
// by the transaction that caused it (W3, W10; failure case m).

import type { Engine } from '@twinwrite/testkit'
import { describe, expect, it } from 'vitest'
import { engineTraits } from '../../packages/core/src/write/engine-traits.ts'
import { parametersFor } from './case.ts'
import { rawConnection } from './native-connections.ts'
import { seeded } from './random-writes.ts'
import { twin } from './twin.ts'

const parents = 8
const schema = [
  `CREATE TABLE parents (id int PRIMARY KEY, n int)`,
  `CREATE TABLE owned (id int PRIMARY KEY, parent int, CONSTRAINT owned_parent FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE)`,
  `CREATE TABLE loose (id int PRIMARY KEY, parent int, CONSTRAINT loose_parent FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE SET NULL)`,
  `INSERT INTO parents VALUES ${Array.from({ length: parents }, (_, id) => `(${id}, 0)`).join(', ')}`,
]

const connections: Record<Engine, number> = { postgres: 5, mysql: 5, mariadb: 5, sqlite: 1 }

describe.each(Object.keys(connections) as Engine[])(
  'foreign-key actions under concurrency on %s',
  (engine) => {
    it('no child is changed unseen', async () => {
      const pair = await twin(engine, schema)
      const inserted = new Set<string>()
      const touched = new Set<string>()
      let commits = 0
      await Promise.all(
        Array.from({ length: connections[engine] }, async (_, worker) => {
          const raw = await rawConnection(engine, pair.connection)
          const pick = seeded(worker + 1)
          if (engine === 'mysql' || engine === 'mariadb') await raw.run('SET innodb_lock_wait_timeout = 3')
          for (let round = 0; round < 80; round++) {
            const child = worker * 1000 + round
            const parent = pick(parents)
            const [sql, bindings]: [string, unknown[]] = [
              [`INSERT INTO owned VALUES (?, ?)`, [child, parent]] as [string, unknown[]],
              [`INSERT INTO loose VALUES (?, ?)`, [child, parent]] as [string, unknown[]],
              [`DELETE FROM parents WHERE id = ? OR id = ?`, [parent, pick(parents)]] as [string, unknown[]],
              [`INSERT INTO parents VALUES (?, 1)`, [parent]] as [string, unknown[]],
              [`INSERT INTO parents VALUES (?, 2)`, [pick(parents)]] as [string, unknown[]],
            ][pick(5)]!
            await raw.run(engineTraits[engine].begin)
            try {
              const { changes } = await pair.capture(parametersFor(engine, sql), bindings, raw)
              await raw.run('COMMIT')
              commits++
              for (const { table, key, op } of changes) {
                if (table !== 'parents') (op === 'insert' ? inserted : touched).add(`${table}:${key}`)
              }
            } catch {
              await raw.run('ROLLBACK')
            }
          }
          await raw.end()
        }),
      )
      const left = new Set<string>()
      for (const { id } of await pair.wrapped.rows('SELECT id FROM owned')) left.add(`owned:${String(id)}`)
      for (const { id } of await pair.wrapped.rows('SELECT id FROM loose WHERE parent IS NOT NULL')) {
        left.add(`loose:${String(id)}`)
      }
      await pair.end()
      const changed = [...inserted].filter((row) => !left.has(row))
      expect(commits).toBeGreaterThan(20)
      expect(changed.length).toBeGreaterThan(3)
      expect([...touched].sort()).toEqual(changed.sort())
    }, 60_000)
  },
)
