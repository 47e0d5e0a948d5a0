// Nested writes, relations and what the database does by itself when rows go.

import { failed, type Operation } from './operation.ts'

const whole = {
  profile: true,
  posts: { include: { tags: { orderBy: { label: 'asc' } }, comments: true }, orderBy: { title: 'asc' } },
} as const

export const nestedOperations: readonly Operation[] = [
  {
    title: 'nested create over three levels',
    run: ({ user }) =>
      user.create({
        data: {
          email: 'nested@x',
          profile: { create: { bio: 'b' } },
          posts: {
            create: [
              {
                title: 'p1',
                comments: { create: [{ text: 'c1' }, { text: 'c2' }] },
                tags: { create: { label: 'n1' } },
              },
              { title: 'p2' },
            ],
          },
        },
        include: whole,
      }),
  },
  {
    title: 'nested createMany, connect and connectOrCreate',
    run: async ({ user, post, tag }) => {
      await tag.create({ data: { id: 'here', label: 'here' } })
      const free = await post.create({ data: { title: 'free' } })
      return user.create({
        data: {
          email: 'connect@x',
          posts: {
            createMany: { data: [{ title: 'cm1' }, { title: 'cm2' }] },
            connect: { id: free.id },
            create: {
              title: 'or',
              tags: {
                connectOrCreate: ['here', 'there'].map((label) => ({ where: { label }, create: { label } })),
              },
            },
          },
        },
        include: whole,
      })
    },
  },
  {
    title: 'nested update, upsert, updateMany, delete, deleteMany, set and disconnect',
    run: async ({ user }) => {
      const made = await user.create({
        data: {
          email: 'change@x',
          profile: { create: { bio: 'b' } },
          posts: { create: ['u1', 'u2', 'u3', 'u4', 'u5'].map((title) => ({ title })) },
        },
        include: { posts: { orderBy: { title: 'asc' } } },
      })
      const [first, second, third, fourth, fifth] = made.posts.map(({ id }) => ({ id }))
      const where = { id: made.id }
      await user.update({
        where,
        data: {
          profile: { update: { bio: 'c' } },
          posts: {
            update: { where: first!, data: { title: 'u1 changed', comments: { create: { text: 'c' } } } },
            upsert: { where: second!, create: { title: 'no' }, update: { title: 'u2 changed' } },
            updateMany: { where: { title: { startsWith: 'u' } }, data: { views: 4 } },
            delete: third!,
            deleteMany: { title: 'u4' },
            disconnect: fifth!,
          },
        },
      })
      const changed = await user.findUnique({ where, include: whole })
      await user.update({ where, data: { posts: { set: [first!] } } })
      const set = await user.findUnique({ where, include: whole })
      return [
        changed,
        set,
        fourth !== undefined,
        await user.update({ where, data: { profile: { delete: true } } }),
      ]
    },
  },
  {
    title: 'implicit many-to-many: connect, set, disconnect, delete',
    run: async ({ post, tag }) => {
      for (const label of ['m1', 'm2', 'm3', 'm4']) await tag.create({ data: { id: label, label } })
      const include = { tags: { orderBy: { label: 'asc' } } } as const
      const { id } = await post.create({
        data: { title: 'mm', tags: { connect: [{ label: 'm1' }, { label: 'm2' }] } },
      })
      const where = { id }
      const update = (tags: object): Promise<unknown> => post.update({ where, data: { tags }, include })
      return [
        await update({ connect: [{ label: 'm2' }, { label: 'm3' }] }),
        await update({ disconnect: [{ label: 'm1' }, { label: 'm4' }] }),
        await update({ set: [{ label: 'm1' }, { label: 'm4' }] }),
        await update({ delete: [{ label: 'm4' }] }),
        await update({ update: { where: { label: 'm1' }, data: { label: 'm1 changed' } } }),
        await tag.findMany({ where: { posts: { some: where } }, include: { posts: true } }),
        await update({ set: [] }),
      ]
    },
  },
  {
    title: 'explicit many-to-many and composite keys',
    run: async ({ user, group, membership }) => {
      const { id } = await user.create({ data: { email: 'member@x' } })
      const made = await group.create({
        data: {
          id: '6f1e0f5c-0000-4000-8000-000000000001',
          name: 'g',
          members: { create: { userId: id, level: 3 } },
        },
        include: { members: true },
      })
      const key = { userId: id, groupId: made.id }
      return [
        made,
        await membership.upsert({
          where: { userId_groupId: key },
          create: key,
          update: { level: { increment: 1 } },
        }),
        await user.update({
          where: { id },
          data: { memberships: { update: { where: { userId_groupId: key }, data: { level: 9 } } } },
          include: { memberships: { include: { group: true } } },
        }),
        await group.delete({ where: { id: made.id } }),
        await membership.count({ where: { userId: id } }),
      ]
    },
  },
  {
    title: 'relations of a model with itself',
    run: async ({ user }) => {
      const boss = await user.create({
        data: {
          email: 'boss@x',
          staff: {
            create: [{ email: 'staff1@x' }, { email: 'staff2@x', staff: { create: { email: 'staff3@x' } } }],
          },
          friends: { create: { email: 'friend@x' } },
        },
        include: { staff: { include: { staff: true }, orderBy: { email: 'asc' } }, friends: true },
      })
      await user.update({
        where: { email: 'staff1@x' },
        data: { friends: { connect: { email: 'staff2@x' } }, friendOf: { connect: { email: 'staff3@x' } } },
      })
      return [
        boss,
        await user.findMany({
          where: { friends: { some: {} } },
          include: { friends: true, friendOf: true },
          orderBy: { email: 'asc' },
        }),
        await user.delete({ where: { id: boss.id } }),
        await user.findMany({ where: { email: { startsWith: 'staff' } }, orderBy: { email: 'asc' } }),
      ]
    },
  },
  {
    title: 'cascades over several tables, set null and restrict',
    run: async ({ user, post, comment, profile, tag }) => {
      const { id } = await user.create({
        data: {
          email: 'cascade@x',
          profile: { create: { bio: 'b' } },
          posts: {
            create: {
              title: 'cascade',
              comments: { create: { text: 'cascade' } },
              tags: { create: { label: 'cascade' } },
            },
          },
          memberships: { create: { group: { create: { name: 'cascade' } } } },
        },
      })
      const left = async (): Promise<unknown> => [
        await profile.count({ where: { userId: id } }),
        await post.findMany({
          where: { title: 'cascade' },
          select: { authorId: true, tags: { select: { label: true } } },
        }),
        await comment.count({ where: { text: 'cascade' } }),
        await tag.count({ where: { label: 'cascade' } }),
      ]
      return [
        await left(),
        await user.deleteMany({ where: { email: 'cascade@x' } }),
        await left(),
        await post.deleteMany({ where: { title: 'cascade' } }),
        await left(),
      ]
    },
  },
  {
    title: 'keys of parents that change, and those of their children with them',
    run: async ({ user, tag, group, membership }) => {
      const { id: groupId } = await group.create({ data: { name: 'moving' } })
      const { id: friend } = await user.create({ data: { id: 91, email: 'friend@x' } })
      await user.create({
        data: {
          id: 92,
          email: 'moving@x',
          profile: { create: { id: 93, bio: 'b' } },
          posts: { create: { title: 'moving', tags: { create: { id: 'moving', label: 'moving' } } } },
          memberships: { create: { groupId } },
          invoices: { create: { total: 3 } },
          friends: { connect: { id: friend } },
        },
      })
      const include = { ...whole, memberships: true, friends: true, invoices: true }
      return [
        await user.update({ where: { id: 92 }, data: { id: 94 }, include }),
        await tag.update({
          where: { id: 'moving' },
          data: { id: 'moved' },
          include: { posts: { select: { title: true } } },
        }),
        await user.updateMany({ where: { id: { in: [91, 94] } }, data: { id: { increment: 4 } } }),
        await group.update({ where: { id: groupId }, data: { id: 'moved' } }),
        await membership.findMany({ where: { groupId: 'moved' } }),
        await user.findUnique({ where: { id: 98 }, include }),
      ]
    },
  },
  {
    title: 'nested writes of which one fails leave nothing',
    run: async ({ user, post }) => [
      await failed(() =>
        user.create({
          data: { email: 'half@x', posts: { create: { title: 'half' } }, profile: { connect: { id: 1 } } },
        }),
      ),
      await failed(() =>
        user.create({
          data: { email: 'half2@x', posts: { create: { title: 'half', tags: { connect: { id: '-' } } } } },
        }),
      ),
      await user.count({ where: { email: { startsWith: 'half' } } }),
      await post.count({ where: { title: 'half' } }),
    ],
  },
  {
    title: 'the fluent API',
    run: async ({ user, post }) => {
      const { id } = await user.create({
        data: {
          email: 'fluent@x',
          posts: { create: [{ title: 'f1' }, { title: 'f2' }] },
          profile: { create: { bio: 'b' } },
        },
      })
      const [first] = await post.findMany({ where: { authorId: id }, orderBy: { title: 'asc' } })
      return [
        await user.findUnique({ where: { id } }).posts({ orderBy: { title: 'desc' } }),
        await user.findUniqueOrThrow({ where: { id } }).profile(),
        await post
          .findUnique({ where: { id: first!.id } })
          .author()
          .profile(),
        await user
          .update({ where: { id }, data: { balance: 1 } })
          .posts({ take: 1, orderBy: { title: 'asc' } }),
      ]
    },
  },
]
