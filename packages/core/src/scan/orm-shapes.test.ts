// The statements that the three ORMs really send: Knex's own compilers, and the shapes of TypeORM and Prisma.

import { knex, type Knex } from 'knex'
import { describe, expect, it } from 'vitest'
import { keyPredicate, scanText, type Scan, type ScanDialect } from './scan.ts'

/** What a shape must be found as. */
interface Expected {
  readonly kind: Scan['kind']
  readonly table?: string
  readonly schema?: string | null
  /** How WHERE pins `id`. */
  readonly key?: 'exact' | 'pinned' | 'no'
  readonly returning?: boolean
}

function found(sql: string, dialect: ScanDialect, expected: Expected): Expected {
  const scan = scanText(sql, dialect)
  const write = scan.kind === 'insert' || scan.kind === 'update' || scan.kind === 'delete' ? scan : null
  const match = write === null || write.kind === 'insert' ? null : keyPredicate(write, ['id'])
  const all: Expected = {
    kind: scan.kind,
    table:
      write?.table.name ??
      (scan.kind === 'truncate' || scan.kind === 'ddl' ? scan.tables[0]?.name : undefined),
    schema: write?.table.schema,
    key: match === null ? 'no' : match.exact ? 'exact' : 'pinned',
    returning: write !== null && write.returning !== null,
  }
  return Object.fromEntries(
    Object.keys(expected).map((field) => [field, all[field as keyof Expected]]),
  ) as unknown as Expected
}

const clients: readonly [string, readonly ScanDialect[]][] = [
  ['pg', ['postgres']],
  ['mysql2', ['mysql', 'mariadb']],
  ['better-sqlite3', ['sqlite']],
]

type Build = (db: Knex) => Knex.QueryBuilder | Knex.Raw | Knex.SchemaBuilder

const shapes: readonly [string, Build, Expected | Partial<Record<string, Expected>>][] = [
  [
    'insert',
    (db) => db('users').insert({ id: 1, name: 'a' }),
    { kind: 'insert', table: 'users', returning: false },
  ],
  [
    'insert of several rows with holes',
    (db) => db('users').insert([{ id: 1 }, { name: 'b' }]),
    { kind: 'insert', table: 'users' },
  ],
  ['insert of an empty row', (db) => db('users').insert({}), { kind: 'insert', table: 'users' }],
  [
    'insert with schema',
    (db) => db.withSchema('s').table('users').insert({ id: 1 }),
    { kind: 'insert', table: 'users', schema: 's' },
  ],
  [
    'insert of a raw value',
    (db) => db('users').insert({ at: db.fn.now(), name: db.raw('upper(?)', ['a']) }),
    { kind: 'insert', table: 'users' },
  ],
  [
    'insert of a query',
    (db) => db('users').insert(db.select('*').from('others')),
    { kind: 'insert', table: 'users' },
  ],
  [
    'insert into named columns of a query',
    (db) => db(db.raw('?? (??, ??)', ['users', 'id', 'name'])).insert(db.select('a', 'b').from('others')),
    { kind: 'insert', table: 'users' },
  ],
  [
    'insert with a common table',
    (db) => db.with('x', db.raw('select 1')).insert({ id: 1 }).into('users'),
    {
      pg: { kind: 'insert', table: 'users' },
      'better-sqlite3': { kind: 'insert', table: 'users' },
      mysql2: { kind: 'insert', table: 'users' },
    },
  ],
  [
    'upsert that ignores',
    (db) => db('users').insert({ id: 1 }).onConflict('id').ignore(),
    { kind: 'insert', table: 'users' },
  ],
  [
    'upsert that merges',
    (db) => db('users').insert({ id: 1, name: 'a' }).onConflict('id').merge(),
    { kind: 'insert', table: 'users' },
  ],
  [
    'upsert that merges some columns',
    (db) => db('users').insert({ id: 1, name: 'a' }).onConflict(['id', 'name']).merge(['name']),
    { kind: 'insert', table: 'users' },
  ],
  [
    'upsert that merges values',
    (db) =>
      db('users')
        .insert({ id: 1 })
        .onConflict('id')
        .merge({ name: db.raw('upper(?)', ['b']) }),
    { kind: 'insert', table: 'users' },
  ],
  [
    'upsert with a condition',
    (db) => db('users').insert({ id: 1, name: 'a' }).onConflict('id').merge().where('users.name', '<>', 'x'),
    { pg: { kind: 'insert', table: 'users' }, 'better-sqlite3': { kind: 'insert', table: 'users' } },
  ],
  [
    'update by key',
    (db) => db('users').where('id', 1).update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'exact' },
  ],
  [
    'update by keys',
    (db) => db('users').whereIn('id', [1, 2]).update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'exact' },
  ],
  [
    'update by key and more',
    (db) => db('users').where({ id: 1, name: 'x' }).update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'pinned' },
  ],
  [
    'update by qualified key',
    (db) => db('users').where('users.id', 1).update('name', 'b'),
    { kind: 'update', table: 'users', key: 'exact' },
  ],
  [
    'update by alternatives',
    (db) => db('users').where('id', 1).orWhere('id', 2).update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'no' },
  ],
  [
    'update by a group',
    (db) =>
      db('users')
        .where((group) => void group.where('id', 1).orWhere('name', 'x'))
        .update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'no' },
  ],
  [
    'update by no key at all',
    (db) => db('users').whereIn('id', []).update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'no' },
  ],
  [
    'update by a subquery',
    (db) => db('users').whereIn('id', db.select('id').from('others')).update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'no' },
  ],
  [
    'update of everything',
    (db) => db('users').update({ name: 'b' }),
    { kind: 'update', table: 'users', key: 'no' },
  ],
  [
    'increment',
    (db) => db('users').where('id', 1).increment('age', 2),
    { kind: 'update', table: 'users', key: 'exact' },
  ],
  [
    'increment of several',
    (db) => db('users').where('id', 1).increment({ age: 1, b: -2 }),
    { kind: 'update', table: 'users', key: 'exact' },
  ],
  [
    'decrement',
    (db) => db('users').where('id', 1).decrement('age'),
    { kind: 'update', table: 'users', key: 'exact' },
  ],
  [
    'update with ORDER BY and LIMIT',
    (db) => db('users').where('a', 1).orderBy('id').limit(2).update({ name: 'b' }),
    { kind: 'update', table: 'users' },
  ],
  [
    'update with an alias',
    (db) => db('users as u').where('u.id', 1).update({ name: 'b' }),
    {
      pg: { kind: 'update', table: 'users', key: 'exact' },
      'better-sqlite3': { kind: 'update', table: 'users', key: 'exact' },
      mysql2: { kind: 'update', table: 'users', key: 'exact' },
    },
  ],
  [
    'update with a join',
    (db) => db('users').join('others', 'users.id', 'others.id').where('others.a', 1).update({ name: 'b' }),
    { kind: 'update', table: 'users' },
  ],
  [
    'delete by key',
    (db) => db('users').where('id', 1).del(),
    { kind: 'delete', table: 'users', key: 'exact' },
  ],
  [
    'delete by keys',
    (db) => db('users').whereIn('id', [1, 2, 3]).delete(),
    { kind: 'delete', table: 'users', key: 'exact' },
  ],
  ['delete of everything', (db) => db('users').del(), { kind: 'delete', table: 'users', key: 'no' }],
  [
    'delete by a raw condition',
    (db) => db('users').whereRaw('lower(name) = ?', ['a']).del(),
    { kind: 'delete', table: 'users', key: 'no' },
  ],
  [
    'delete by NULL',
    (db) => db('users').whereNull('id').del(),
    { kind: 'delete', table: 'users', key: 'no' },
  ],
  [
    'delete by absence',
    (db) => db('users').whereNot('id', 1).del(),
    { kind: 'delete', table: 'users', key: 'no' },
  ],
  [
    'delete by existence',
    (db) => db('users').whereExists(db.select('*').from('others')).del(),
    { kind: 'delete', table: 'users', key: 'no' },
  ],
  [
    'delete between',
    (db) => db('users').whereBetween('a', [1, 2]).andWhere('id', 5).del(),
    { kind: 'delete', table: 'users', key: 'pinned' },
  ],
  [
    'delete with a join',
    (db) => db('users').join('others', 'users.id', 'others.id').where('others.a', 1).del(),
    { pg: { kind: 'delete', table: 'users' }, mysql2: { kind: 'delete', table: 'users' } },
  ],
  [
    'returning',
    (db) => db('users').where('id', 1).update({ name: 'b' }).returning(['id', 'name']),
    {
      pg: { kind: 'update', returning: true, key: 'exact' },
      'better-sqlite3': { kind: 'update', returning: true, key: 'exact' },
    },
  ],
  [
    'insert returning',
    (db) => db('users').insert({ name: 'b' }).returning('*'),
    { pg: { kind: 'insert', returning: true }, 'better-sqlite3': { kind: 'insert', returning: true } },
  ],
  [
    'truncate',
    (db) => db('users').truncate(),
    {
      pg: { kind: 'truncate', table: 'users' },
      mysql2: { kind: 'truncate', table: 'users' },
      'better-sqlite3': { kind: 'delete', table: 'users' },
    },
  ],
  ['select', (db) => db('users').where('id', 1).first(), { kind: 'read' }],
  ['select with a lock', (db) => db('users').where('id', 1).forUpdate(), { kind: 'read' }],
  ['union', (db) => db('users').union([db('others').select('*')]), { kind: 'read' }],
  [
    'create table',
    (db) => db.schema.createTable('users', (table) => void table.increments()),
    { kind: 'ddl', table: 'users' },
  ],
  [
    'alter table',
    (db) => db.schema.alterTable('users', (table) => void table.string('x')),
    { kind: 'ddl', table: 'users' },
  ],
  ['drop table', (db) => db.schema.dropTableIfExists('users'), { kind: 'ddl', table: 'users' }],
]

/** Compiles for the client; what it can't do has no expectation in `shapes`. */
function compile(client: string, build: Build): string[] {
  const db = knex({ client, useNullAsDefault: true })
  const compiled: unknown = build(db).toSQL()
  const statements = Array.isArray(compiled)
    ? (compiled as { sql: string }[])
    : [native(compiled as Knex.Sql)]
  return statements.map(({ sql }) => sql)
}

function native(compiled: Knex.Sql): { sql: string } {
  return 'toNative' in compiled ? compiled.toNative() : compiled
}

describe.each(clients)('Knex %s', (client, dialects) => {
  const known = shapes.flatMap(([name, build, expected]) => {
    const wanted = 'kind' in expected ? (expected as Expected) : expected[client]
    return wanted === undefined ? [] : [[name, build, wanted] as const]
  })

  it.each(known)('%s', (_, build, expected) => {
    const [sql] = compile(client, build)
    if (sql === undefined) throw new Error('Knex wrote nothing')
    for (const dialect of dialects)
      expect({ sql, ...found(sql, dialect, expected) }).toEqual({ sql, ...expected })
  })
})

const texts: readonly [string, ScanDialect, string, Expected][] = [
  // TypeORM
  [
    'TypeORM insert',
    'postgres',
    'INSERT INTO "post"("id", "title", "at") VALUES (DEFAULT, $1, DEFAULT) RETURNING "id", "at"',
    { kind: 'insert', table: 'post', returning: true },
  ],
  [
    'TypeORM insert',
    'mysql',
    'INSERT INTO `post`(`id`, `title`) VALUES (DEFAULT, ?), (DEFAULT, ?)',
    { kind: 'insert', table: 'post' },
  ],
  [
    'TypeORM insert',
    'sqlite',
    'INSERT INTO "post"("id", "title") VALUES (NULL, ?)',
    { kind: 'insert', table: 'post' },
  ],
  [
    'TypeORM insert of nothing',
    'mysql',
    'INSERT INTO `post`(`id`) VALUES (DEFAULT)',
    { kind: 'insert', table: 'post' },
  ],
  [
    'TypeORM orIgnore',
    'postgres',
    'INSERT INTO "post"("id") VALUES ($1) ON CONFLICT DO NOTHING RETURNING "id"',
    { kind: 'insert', table: 'post', returning: true },
  ],
  [
    'TypeORM orIgnore',
    'sqlite',
    'INSERT OR IGNORE INTO "post"("id") VALUES (?)',
    { kind: 'insert', table: 'post' },
  ],
  [
    'TypeORM orIgnore',
    'mariadb',
    'INSERT IGNORE INTO `post`(`id`) VALUES (?)',
    { kind: 'insert', table: 'post' },
  ],
  [
    'TypeORM upsert',
    'postgres',
    'INSERT INTO "post"("id", "title") VALUES ($1, $2) ON CONFLICT ( "id" ) DO UPDATE SET "title" = EXCLUDED."title" WHERE ("post"."title" IS DISTINCT FROM EXCLUDED."title") RETURNING "id"',
    { kind: 'insert', table: 'post', returning: true },
  ],
  [
    'TypeORM upsert',
    'mysql',
    'INSERT INTO `post`(`id`, `title`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `title` = VALUES(`title`)',
    { kind: 'insert', table: 'post' },
  ],
  [
    'TypeORM save',
    'postgres',
    'UPDATE "post" SET "title" = $1, "at" = CURRENT_TIMESTAMP WHERE "id" IN ($2) RETURNING "at"',
    { kind: 'update', table: 'post', key: 'exact', returning: true },
  ],
  [
    'TypeORM save',
    'mysql',
    'UPDATE `post` SET `title` = ?, `version` = version + 1 WHERE `id` IN (?)',
    { kind: 'update', table: 'post', key: 'exact' },
  ],
  [
    'TypeORM save of a composite key',
    'sqlite',
    'UPDATE "post" SET "title" = ? WHERE (("id" = ? AND "b" = ?))',
    { kind: 'update', table: 'post', key: 'pinned' },
  ],
  [
    'TypeORM query builder',
    'postgres',
    'UPDATE "s"."post" SET "title" = $1 WHERE ( "id" = $2 )',
    { kind: 'update', table: 'post', schema: 's', key: 'exact' },
  ],
  [
    'TypeORM closure',
    'mysql',
    'INSERT INTO `closure` (`a`, `b`) SELECT `a`, ? FROM `closure` WHERE `b` = ?',
    { kind: 'insert', table: 'closure' },
  ],
  [
    'TypeORM nested set',
    'postgres',
    'UPDATE "tree" SET left = CASE WHEN left > $1 THEN left + 2 ELSE left END,right = right + 2 WHERE right >= $1',
    { kind: 'update', table: 'tree', key: 'no' },
  ],
  [
    'TypeORM remove',
    'postgres',
    'DELETE FROM "post" WHERE "id" = $1',
    { kind: 'delete', table: 'post', key: 'exact' },
  ],
  [
    'TypeORM remove',
    'mysql',
    'DELETE FROM `post` WHERE (`id` = ?)',
    { kind: 'delete', table: 'post', key: 'exact' },
  ],
  [
    'TypeORM junction',
    'mysql',
    'DELETE FROM `post_tags` WHERE (`id` = ? AND `tagId` = ?)',
    { kind: 'delete', table: 'post_tags', key: 'pinned' },
  ],
  ['TypeORM clear', 'postgres', 'TRUNCATE TABLE "post"', { kind: 'truncate', table: 'post' }],
  ['TypeORM transaction', 'postgres', 'START TRANSACTION', { kind: 'begin' }],
  ['TypeORM transaction', 'sqlite', 'BEGIN TRANSACTION', { kind: 'begin' }],
  ['TypeORM isolation', 'mysql', 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED', { kind: 'set' }],
  ['TypeORM isolation', 'sqlite', 'PRAGMA read_uncommitted = true', { kind: 'set' }],
  // Prisma
  [
    'Prisma create',
    'postgres',
    'INSERT INTO "public"."User" ("email","name") VALUES ($1,$2) RETURNING "public"."User"."id", "public"."User"."role"::text',
    { kind: 'insert', table: 'User', schema: 'public', returning: true },
  ],
  [
    'Prisma create',
    'sqlite',
    'INSERT INTO `main`.`User` (`email`) VALUES (?) RETURNING `id` AS `id`',
    { kind: 'insert', table: 'User', schema: 'main', returning: true },
  ],
  [
    'Prisma create of an enum',
    'postgres',
    'INSERT INTO "public"."User" ("role") VALUES (CAST($1::text AS "public"."Role")) RETURNING "id"',
    { kind: 'insert', table: 'User' },
  ],
  [
    'Prisma createMany',
    'postgres',
    'INSERT INTO "public"."User" ("a","b") VALUES ($1,null), (DEFAULT,$2) ON CONFLICT DO NOTHING',
    { kind: 'insert', table: 'User' },
  ],
  [
    'Prisma createMany',
    'mysql',
    'INSERT IGNORE INTO `db`.`User` (`a`,`b`) VALUES (?,?), (?,?)',
    { kind: 'insert', table: 'User', schema: 'db' },
  ],
  ['Prisma empty create', 'mysql', 'INSERT INTO `User` () VALUES ()', { kind: 'insert', table: 'User' }],
  [
    'Prisma empty create',
    'postgres',
    'INSERT INTO "public"."User" DEFAULT VALUES RETURNING "id"',
    { kind: 'insert', table: 'User' },
  ],
  [
    'Prisma update',
    'postgres',
    'UPDATE "public"."User" SET "age" = ("public"."User"."age" + $1) WHERE ("public"."User"."id" = $2 AND 1=1) RETURNING "id", "name"',
    { kind: 'update', table: 'User', key: 'exact', returning: true },
  ],
  [
    'Prisma update',
    'mysql',
    'UPDATE `db`.`User` SET `name` = ? WHERE (`db`.`User`.`id` IN (?) AND 1=1)',
    { kind: 'update', table: 'User', key: 'exact' },
  ],
  [
    'Prisma updateMany by relation',
    'postgres',
    'UPDATE "public"."User" SET "a" = $1 WHERE ("public"."User"."id") IN (SELECT "t1"."id" FROM "public"."User" AS "t1" LIMIT $2)',
    { kind: 'update', table: 'User', key: 'no' },
  ],
  [
    'Prisma updateMany with a limit',
    'mysql',
    'UPDATE `User` SET `a` = ? WHERE (`id`) IN (SELECT `id` FROM (SELECT `id` FROM `User` LIMIT ?) AS `tmp_subselect_table`)',
    { kind: 'update', table: 'User', key: 'no' },
  ],
  [
    'Prisma upsert',
    'postgres',
    'INSERT INTO "public"."User" ("id","name") VALUES ($1,$2) ON CONFLICT ("id") DO UPDATE SET "name" = $3 WHERE ("public"."User"."id" = $4 AND 1=1) RETURNING "id"',
    { kind: 'insert', table: 'User', returning: true },
  ],
  [
    'Prisma deleteMany',
    'postgres',
    'DELETE FROM "public"."User" WHERE 1=1',
    { kind: 'delete', table: 'User', key: 'no' },
  ],
  [
    'Prisma disconnect',
    'postgres',
    'DELETE FROM "public"."_PostToTag" WHERE ("public"."_PostToTag"."id" = ($1) AND "public"."_PostToTag"."B" IN ($2,$3))',
    { kind: 'delete', table: '_PostToTag', key: 'pinned' },
  ],
  [
    'Prisma connect',
    'sqlite',
    'INSERT OR IGNORE INTO `main`.`_PostToTag` (`A`, `B`) VALUES (?, ?)',
    { kind: 'insert', table: '_PostToTag' },
  ],
  [
    'Prisma with a trace',
    'postgres',
    'DELETE FROM "public"."User" WHERE ("public"."User"."id" = $1 AND 1=1) /* traceparent=\'00-0-0-00\' */',
    { kind: 'delete', table: 'User', key: 'exact' },
  ],
]

it.each(texts)('%s (%s): %s', (_, dialect, sql, expected) => {
  expect(found(sql, dialect, expected)).toEqual(expected)
})
