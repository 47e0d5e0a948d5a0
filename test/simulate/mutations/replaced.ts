// The same object with some of its members replaced; the others still run on the original.

export function replaced<T extends object>(original: T, members: Partial<T>): T {
  return new Proxy(original, {
    get(target, name) {
      const source: object = Object.hasOwn(members, name) ? members : target
      const value: unknown = Reflect.get(source, name, source)
      return typeof value === 'function' ? value.bind(source) : value
    },
  })
}
