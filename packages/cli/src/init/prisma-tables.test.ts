import { expect, it } from 'vitest'
import { prismaTables } from './prisma-tables.ts'

it('names models as the database does, and the tables of implicit many-to-many relations', () => {
  const schema = `
    datasource db { provider = "postgresql" }
    // model Gone { id Int @id }
    model User {
      id      Int    @id @default(autoincrement())
      site    String @default("https://example.com") // not a comment before this
      posts   Post[]
      friends User[] @relation("friends")
      of      User[] @relation("friends")
      @@map("users")
    }
    model Post {
      id     Int  @id
      author User @relation(fields: [authorId], references: [id])
      authorId Int
      tags   Tag[]
      liked  Tag[] @relation("likes")
      @@schema("blog")
      @@map(name: "posts")
    }
    model Tag {
      id    Int    @id
      posts Post[]
      likes Post[] @relation("likes")
    }
    enum Colour { RED }
  `
  expect(prismaTables(schema)).toEqual(['users', 'blog.posts', 'Tag', '_friends', '_PostToTag', '_likes'])
})
