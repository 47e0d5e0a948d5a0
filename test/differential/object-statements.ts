// Random statements of object mappers: objects that are saved, and objects with others of theirs.

import type { Adopt, Family, Household, PetChange, Rework, Row, Save, SoftDelete } from './program.ts'
import { change, type Making, row, rows, tableNames, where } from './rows.ts'

export function objectStatement(making: Making): SoftDelete | Save | Rework | Family | Adopt | Household {
  const { random } = making
  const what = random.below(14)
  if (what < 2) return { do: 'softDelete', where: where(making, 'slots', true), undo: random.chance(0.4) }
  if (what < 5) return save(making)
  if (what < 7) return rework(making)
  if (what < 9) return family(making)
  if (what < 11) return adopt(making)
  return household(making)
}

function save(making: Making): Save {
  const { random } = making
  const table = random.pick(tableNames)
  return {
    do: 'save',
    table,
    rows: rows(making, table, random.chance(0.5) ? 1 : 2 + random.below(4)),
    ...(random.chance(0.3) ? { size: 1 + random.below(2) } : {}),
  }
}

function rework(making: Making): Rework {
  const { random } = making
  const table = random.pick(tableNames)
  const { id: _id, tenant: _tenant, sku: _sku, word: _word, ...set } = change(making, table)
  const isChanged = Object.keys(set).length > 0 && random.chance(0.6)
  return { do: 'rework', table, where: where(making, table, true), set: isChanged ? set : null }
}

const owner = (making: Making): Row => row(making, 'owners', !making.ids.burned && making.random.chance(0.6))

/** Of an owner that is told by where it stands. */
function pet(making: Making): Row {
  const { ownerId: _ownerId, ...own } = row(making, 'pets', false)
  return own
}

function family(making: Making): Family {
  const pets = Array.from({ length: making.random.below(4) }, () => pet(making))
  return { do: 'family', owner: owner(making), pets }
}

function someOwner({ random }: Making): Row {
  return random.chance(0.5) ? { id: 1 + random.below(5) } : { name: `o${1 + random.below(4)}` }
}

function adopt(making: Making): Adopt {
  const how = making.random.pick(['create', 'connect', 'connectOrCreate'] as const)
  return {
    do: 'adopt',
    pet: pet(making),
    how,
    owner: how === 'connect' ? someOwner(making) : owner(making),
  }
}

function household(making: Making): Household {
  const { random } = making
  const pets = Array.from({ length: 1 + random.below(3) }, () => petChange(making))
  return { do: 'household', where: someOwner(making), set: { n: random.below(4) }, pets }
}

function petChange(making: Making): PetChange {
  const { random } = making
  const act = random.pick([
    'create',
    'upsert',
    'connectOrCreate',
    'connect',
    'delete',
    'update',
    'updateMany',
    'deleteMany',
  ] as const)
  const id = 1 + random.below(10)
  const set = { n: random.below(4), name: random.pick(['q', null]) }
  switch (act) {
    case 'create':
    case 'upsert':
    case 'connectOrCreate':
      return { act, pet: pet(making) }
    case 'connect':
    case 'delete':
      return { act, id }
    case 'update':
      return { act, id, set }
    case 'updateMany':
      return { act, n: random.below(3), set }
    case 'deleteMany':
      return { act, n: random.below(3) }
  }
}
