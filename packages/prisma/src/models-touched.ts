// Which models a query below the extensions is about: the one that it names, and those that its relations lead to.

import type { DataModel, EngineQuery } from './prisma-internals.ts'

export class ModelsTouched {
  readonly #relations: ReadonlyMap<string, ReadonlyMap<string, string>>

  constructor({ models }: DataModel) {
    this.#relations = new Map(
      Object.entries(models).map(([model, { fields }]) => [
        model,
        new Map(fields.flatMap(({ name, kind, type }) => (kind === 'object' ? [[name, type]] : []))),
      ]),
    )
  }

  of({ modelName, query }: EngineQuery): ReadonlySet<string> {
    const touched = new Set<string>()
    if (modelName === undefined) return touched
    touched.add(modelName)
    this.#walk(query.arguments, modelName, touched)
    this.#walk(query.selection, modelName, touched)
    return touched
  }

  /** Names between a model and its relations (`where`, `data`, `AND`, `some`, ..) keep the model. */
  #walk(value: unknown, model: string, touched: Set<string>): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#walk(one, model, touched)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const relations = this.#relations.get(model)
    for (const [name, inner] of Object.entries(value)) {
      const related = relations?.get(name)
      if (related === undefined) this.#walk(inner, model, touched)
      else if (inner !== false) {
        touched.add(related)
        this.#walk(inner, related, touched)
      }
    }
  }
}
