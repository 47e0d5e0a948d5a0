declare module 'parse-prometheus-text-format' {
  export interface Family {
    readonly name: string
    readonly help: string
    readonly type: string
    readonly metrics: readonly {
      readonly value?: string
      readonly count?: string
      readonly labels?: Readonly<Record<string, string>>
    }[]
  }
  export default function parse(text: string): Family[]
}
