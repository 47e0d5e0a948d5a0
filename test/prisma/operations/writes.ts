// Single writes: create, update, upsert and delete with all that they take.

import { failed, type Operation } from './operation.ts'

const returning: Operation['only'] = ['postgres', 'sqlite']

export const writeOperations: readonly Operation[] = [
  {
    title: 'create, with select, omit and include',
    run: async ({ user }) => [
      await user.create({ data: { email: 'create@x', name: 'n', role: 'ADMIN', balance: 3 } }),
      await user.create({ data: { email: 'select@x' }, select: { name: true } }),
      await user.create({ data: { email: 'omit@x' }, omit: { email: true } }),
      await user.create({ data: { email: 'include@x' }, include: { posts: true, _count: true } }),
    ],
  },
  {
    title: 'create with keys of the client, of the app and composite ones',
    run: async ({ tag, group, membership, user }) => {
      const { id } = await user.create({ data: { email: 'keys@x' } })
      const { id: groupId } = await group.create({ data: { name: 'g' } })
      return [
        await tag.create({ data: { label: 'generated' } }),
        await tag.create({ data: { id: 'own', label: 'own' } }),
        await membership.create({ data: { userId: id, groupId } }),
        await membership.update({ where: { userId_groupId: { userId: id, groupId } }, data: { level: 2 } }),
        await membership.delete({ where: { userId_groupId: { userId: id, groupId } } }),
      ]
    },
  },
  {
    title: 'createMany',
    run: async ({ slot }) => [
      await slot.createMany({ data: [1, 2, 3].map((number) => ({ room: 'many', number })) }),
      await slot.createMany({ data: [{ room: 'one', number: 1, holder: null }] }),
      await slot.createMany({ data: [] }),
      await slot.findMany({ where: { room: 'many' }, orderBy: { number: 'asc' } }),
    ],
  },
  {
    title: 'createMany with given and generated keys',
    run: async ({ slot }) => [
      await slot.createMany({
        data: [
          { id: 71, room: 'mixed', number: 1 },
          { room: 'mixed', number: 2 },
        ],
      }),
      await slot.findMany({ where: { room: 'mixed' }, orderBy: { number: 'asc' } }),
    ],
  },
  {
    title: 'createMany with skipDuplicates',
    only: ['postgres', 'mysql', 'mariadb'],
    run: async ({ slot, tag }) => [
      await slot.create({ data: { room: 'skip', number: 2 } }),
      await slot.createMany({
        data: [1, 2, 3].map((number) => ({ room: 'skip', number })),
        skipDuplicates: true,
      }),
      await tag.createMany({ data: [{ id: 'skipped', label: 'skipped' }] }),
      await tag.createMany({ data: [{ id: 'skipped', label: 'other' }], skipDuplicates: true }),
      await slot.findMany({ where: { room: 'skip' }, orderBy: { number: 'asc' } }),
    ],
  },
  {
    title: 'createManyAndReturn',
    only: returning,
    run: async ({ slot, post, user }) => {
      const { id } = await user.create({ data: { email: 'return@x' } })
      return [
        await slot.createManyAndReturn({ data: [1, 2].map((number) => ({ room: 'return', number })) }),
        await slot.createManyAndReturn({ data: [{ room: 'return', number: 3 }], select: { number: true } }),
        await post.createManyAndReturn({
          data: [{ title: 'a', authorId: id }],
          include: { author: true },
        }),
      ]
    },
  },
  {
    title: 'update by keys, uniques and further conditions',
    run: async ({ user, slot }) => {
      const { id } = await user.create({ data: { email: 'update@x', balance: 1 } })
      await slot.create({ data: { room: 'update', number: 1 } })
      return [
        await user.update({ where: { id }, data: { name: 'by key' } }),
        await user.update({ where: { email: 'update@x' }, data: { name: 'by unique' } }),
        await user.update({
          where: { id, balance: { gt: 0 } },
          data: { name: 'by both' },
          select: { name: true },
        }),
        await slot.update({ where: { room_number: { room: 'update', number: 1 } }, data: { holder: 'h' } }),
        await failed(() => user.update({ where: { id, balance: 99 }, data: { name: 'no' } })),
        await failed(() => user.update({ where: { id: 1 }, data: { name: 'no' } })),
      ]
    },
  },
  {
    title: 'atomic operations on numbers',
    run: async ({ user }) => {
      const { id } = await user.create({ data: { email: 'atomic@x', balance: 10 } })
      const where = { id }
      return [
        await user.update({ where, data: { balance: { increment: 5 } } }),
        await user.update({ where, data: { balance: { decrement: 3 } } }),
        await user.update({ where, data: { balance: { multiply: 4 } } }),
        await user.update({ where, data: { balance: { divide: 6 } } }),
        await user.update({ where, data: { balance: { set: 2 } } }),
        await user.updateMany({ where, data: { balance: { increment: 1 } } }),
        await user.findUnique({ where }),
      ]
    },
  },
  {
    title: 'update of keys',
    run: async ({ tag, slot, user }) => {
      await tag.create({ data: { id: 'before', label: 'moves' } })
      await slot.create({ data: { id: 81, room: 'key', number: 1 } })
      await user.create({ data: { id: 82, email: 'key@x', profile: { create: { id: 83, bio: 'b' } } } })
      return [
        await tag.update({ where: { id: 'before' }, data: { id: 'after' } }),
        await slot.update({ where: { id: 81 }, data: { id: 84 } }),
        await slot.updateMany({ where: { room: 'key' }, data: { id: { increment: 1 } } }),
        await slot.findMany({ where: { room: 'key' } }),
      ]
    },
  },
  {
    title: 'updateMany, with conditions on relations and a limit',
    run: async ({ user, post }) => {
      await user.create({ data: { email: 'many@x', posts: { create: [{ title: 'm1' }, { title: 'm2' }] } } })
      return [
        await post.updateMany({ where: { author: { email: 'many@x' } }, data: { views: 7 } }),
        await post.updateMany({ where: { title: { startsWith: 'm' } }, data: { views: 8 }, limit: 1 }),
        await post.updateMany({ where: { title: 'nothing' }, data: { views: 9 } }),
        await post.count({ where: { views: 8 } }),
        await user.updateMany({ data: { name: null }, where: { email: { contains: 'many' } } }),
      ]
    },
  },
  {
    title: 'updateManyAndReturn',
    only: returning,
    run: async ({ slot }) => {
      await slot.createMany({ data: [1, 2].map((number) => ({ room: 'uReturn', number })) })
      return [
        await slot.updateManyAndReturn({ where: { room: 'uReturn' }, data: { holder: 'h' } }),
        await slot.updateManyAndReturn({
          where: { room: 'uReturn' },
          data: { holder: 'i' },
          select: { holder: true },
        }),
      ]
    },
  },
  {
    title: 'upsert in one statement and in several',
    run: async ({ user, slot, profile }) => {
      const where = { email: 'upsert@x' }
      const made = await user.upsert({ where, create: { email: 'upsert@x' }, update: { balance: 1 } })
      return [
        made,
        await user.upsert({ where, create: { email: 'upsert@x' }, update: { balance: { increment: 2 } } }),
        await user.upsert({ where, create: { email: 'upsert@x' }, update: {} }),
        await user.upsert({
          where: { email: 'other@x' },
          create: { email: 'emulated@x' },
          update: { name: 'u' },
        }),
        await slot.upsert({
          where: { room_number: { room: 'upsert', number: 1 } },
          create: { room: 'upsert', number: 1 },
          update: { holder: 'h' },
        }),
        await profile.upsert({
          where: { userId: made.id },
          create: { bio: 'b', user: { connect: { id: made.id } } },
          update: { bio: 'c' },
          include: { user: true },
        }),
      ]
    },
  },
  {
    title: 'upsert that gives the key again in what it updates',
    run: async ({ tag, slot }) => {
      const row = { id: 'ü given', label: 'given' }
      const both = (label: string) => ({
        where: { id: row.id },
        create: { ...row, label },
        update: { ...row, label },
      })
      return [
        await tag.upsert(both('given')),
        await tag.upsert(both('given again')),
        await slot.upsert({
          where: { room_number: { room: 'given', number: 1 } },
          create: { room: 'given', number: 1 },
          update: { room: 'given', number: 1, holder: 'h' },
        }),
      ]
    },
  },
  {
    title: 'delete and deleteMany',
    run: async ({ user, slot }) => {
      const { id } = await user.create({ data: { email: 'delete@x' } })
      await slot.createMany({ data: [1, 2, 3, 4].map((number) => ({ room: 'delete', number })) })
      return [
        await user.delete({ where: { id }, include: { posts: true } }),
        await failed(() => user.delete({ where: { id } })),
        await slot.delete({
          where: { room_number: { room: 'delete', number: 1 } },
          select: { number: true },
        }),
        await slot.deleteMany({ where: { room: 'delete', number: { gt: 3 } } }),
        await slot.deleteMany({ where: { room: 'delete' }, limit: 1 }),
        await slot.deleteMany({ where: { room: 'delete' } }),
        await slot.deleteMany({ where: { room: 'delete' } }),
      ]
    },
  },
  {
    title: 'what breaks a constraint',
    run: async ({ user, profile, slot, invoice }) => {
      const { id } = await user.create({ data: { email: 'twice@x', invoices: { create: { total: 1 } } } })
      return [
        await failed(() => user.create({ data: { email: 'twice@x' } })),
        await failed(() => profile.create({ data: { bio: 'b', userId: 5 } })),
        await failed(() => user.delete({ where: { id } })),
        await failed(() => slot.createMany({ data: [1, 1].map((number) => ({ room: 'twice', number })) })),
        await slot.count({ where: { room: 'twice' } }),
        await failed(() => invoice.create({ data: { total: 1, user: { connect: { id: 5 } } } })),
        await failed(() => user.create({ data: { email: 7 as never } })),
      ]
    },
  },
]
