// Names of the tables of a Prisma schema: models by their names in the database, and the tables of implicit many-to-many relations.

interface ListField {
  readonly type: string
  readonly relation: string | null
}

interface Model {
  readonly name: string
  readonly table: string
  /** Fields that hold several rows of another model. */
  readonly lists: readonly ListField[]
}

/** @param schema text of all files of the schema */
export function prismaTables(schema: string): string[] {
  const text = schema.replace(/("(?:[^"\\\n]|\\.)*")|\/\/.*$/gm, '$1')
  const models = [...text.matchAll(/^\s*model\s+(\w+)\s*\{([^}]*)\}/gm)].map(([, name, body]) =>
    modelOf(name!, body!),
  )
  return [...new Set([...models.map(({ table }) => table), ...joinTables(models)])]
}

function modelOf(name: string, body: string): Model {
  const table = /@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(body)?.[1] ?? name
  const schema = /@@schema\(\s*(?:map:\s*)?"([^"]+)"/.exec(body)?.[1]
  const lists = [...body.matchAll(/^[ \t]*\w+[ \t]+(\w+)\[\](.*)$/gm)].map(([, type, rest]) => ({
    type: type!,
    relation: /@relation\(\s*(?:name:\s*)?"([^"]+)"/.exec(rest!)?.[1] ?? null,
  }))
  return { name, table: schema === undefined ? table : `${schema}.${table}`, lists }
}

/** Both ends are lists: Prisma keeps the pairs in a table of its own, `_NAME` or `_AToB`. */
function joinTables(models: readonly Model[]): string[] {
  return models.flatMap(({ name, lists }) =>
    lists.flatMap(({ type, relation }) => {
      const other = models.find((model) => model.name === type)
      const back = other?.lists.filter((list) => list.type === name && list.relation === relation).length ?? 0
      if (back < (type === name ? 2 : 1)) return []
      return [`_${relation ?? [name, type].toSorted().join('To')}`]
    }),
  )
}
