// Reads the catalogue of model variants out of the tables in README.md, so that what is documented is what is checked.
// A name that the model does not know would silently change nothing (the C preprocessor takes it for 0), so every
// option is compared with the model's own `#ifndef` and `#define` lines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = import.meta.dirname

/**
 * @typedef {object} Variant
 * @property {string} label
 * @property {string} model file name of the model
 * @property {'ok' | 'counter-example'} expect
 * @property {string | null} breaks the invariant at whose assertion the search must stop, or 'end state'
 * @property {string | null} counterExample number in the protocol, C1 to C31, where it has one
 * @property {Record<string, string>} options
 * @property {Record<string, string>} quick options that differ in the quick run
 * @property {string} shows
 */

/** All variants in the order of README.md. Throws where a row cannot be understood. @returns {Variant[]} */
export function readCatalogue() {
  const variants = []
  let model = null
  for (const line of readFileSync(join(directory, 'README.md'), 'utf8').split('\n')) {
    if (line.startsWith('#')) model = null
    const named = /^Model: `(\w+\.pml)`$/.exec(line)
    if (named) model = named[1]
    if (model === null || !line.startsWith('|')) continue
    const cells = line.split('|').slice(1, -1)
    const [label, verdict, options, quick, shows] = cells.map((cell) => cell.trim())
    if (label === 'Variant' || /^-+$/.test(label)) continue
    if (cells.length !== 5) throw new Error(`README.md: five columns expected: ${line}`)
    variants.push({
      label,
      model,
      ...readVerdict(label, verdict),
      options: readOptions(label, model, options),
      quick: readOptions(label, model, quick),
      shows,
    })
  }
  const labels = variants.map(({ label }) => label)
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice) throw new Error(`README.md: ${twice} stands there twice`)
  if (variants.length === 0) throw new Error('README.md: no table of variants found')
  return variants
}

function readVerdict(label, verdict) {
  if (verdict === 'holds') return { expect: 'ok', breaks: null, counterExample: null }
  const fails = /^fails at (W\d+|end state)(?: \((C\d+)\))?$/.exec(verdict)
  if (!fails) throw new Error(`README.md: ${label}: verdict not understood: ${verdict}`)
  return { expect: 'counter-example', breaks: fails[1], counterExample: fails[2] ?? null }
}

function readOptions(label, model, cell) {
  const text = cell.replaceAll('`', '').trim()
  if (text === '' || text === '(defaults)') return {}
  const source = readFileSync(join(directory, model), 'utf8')
  const options = {}
  for (const word of text.split(/\s+/)) {
    const [, name, value] = /^([A-Z_]+)=(\w+)$/.exec(word) ?? []
    const known =
      name !== undefined &&
      new RegExp(`^#ifndef ${name}$`, 'm').test(source) &&
      (/^\d+$/.test(value) || new RegExp(`^#define ${value} +\\d+$`, 'm').test(source))
    if (!known) throw new Error(`README.md: ${label}: ${model} does not know ${word}`)
    options[name] = value
  }
  return options
}
