import { expect, it } from 'vitest'
import { serverOf } from './session.ts'

it.each([
  ['9.7.4', 'mysql', true],
  ['8.0.19-log', 'mysql', true],
  ['8.0.18', 'mysql', false],
  ['5.7.44', 'mysql', false],
  ['10.11.19-MariaDB-0+deb12u1-log', 'mariadb', true],
  ['5.5.5-10.6.12-MariaDB', 'mariadb', true],
  ['10.5.20-MariaDB', 'mariadb', false],
  ['11.4.2-MariaDB-ubu2404', 'mariadb', true],
])('server version %s is %s, supported: %s', (version, engine, supported) => {
  expect(serverOf(version)).toEqual({ engine, supported })
})
