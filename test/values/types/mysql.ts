// Column types of MySQL and MariaDB with values at their limits.

import type { Engine } from '@twinwrite/testkit'
import {
  byteStrings,
  clocks,
  days,
  decimals,
  fixed,
  floats,
  bitStrings,
  integers,
  jsonTexts,
  moments,
  oddDocuments,
  texts,
  times,
  uuidTexts,
  type ValueType,
} from '../value-type.ts'

/** Dates and numbers as they are. */
export const mysqlStatements = [
  `SET SESSION sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES', time_zone = '+00:00'`,
]

const dayEdges = [
  '2024-02-29',
  '0000-00-00',
  '2024-00-10',
  '2024-02-00',
  '2023-02-31',
  '0001-01-01',
  '0000-01-01',
  '9999-12-31',
  '1000-01-01',
  '1970-01-01',
]
const momentEdges = [
  '2024-10-27 02:30:00',
  '0000-00-00 00:00:00',
  '2024-00-10 10:00:00',
  '2023-02-31 12:00:00',
  '0001-01-01 00:00:00',
  '9999-12-31 23:59:59',
  '1000-01-01 00:00:00',
]
const stamps = [
  '2024-10-27 02:30:00',
  '0000-00-00 00:00:00',
  '1970-01-01 00:00:01',
  '2038-01-19 03:14:07',
  '2024-03-31 01:30:00',
]

/** A text whose characters all stand in a small character set. */
const within =
  (last: number) =>
  (text: string): boolean =>
    [...text].every((character) => character.codePointAt(0)! <= last)

const common = (engine: Engine): ValueType[] => [
  fixed('tinyint(1)', ['0', '1', '2', '-1', '127', '-128']),
  integers('tinyint', -128n, 127n),
  integers('tinyint unsigned', 0n, 255n),
  integers('smallint', -(2n ** 15n), 2n ** 15n - 1n),
  integers('smallint unsigned', 0n, 2n ** 16n - 1n),
  integers('mediumint', -(2n ** 23n), 2n ** 23n - 1n),
  integers('mediumint unsigned', 0n, 2n ** 24n - 1n),
  integers('int', -(2n ** 31n), 2n ** 31n - 1n),
  integers('int unsigned', 0n, 2n ** 32n - 1n),
  integers('int(5) unsigned zerofill', 0n, 2n ** 32n - 1n),
  integers('bigint', -(2n ** 63n), 2n ** 63n - 1n),
  integers('bigint unsigned', 0n, 2n ** 64n - 1n),
  fixed('year', ['0', '1901', '2155', '2024', '1970', '2000']),
  decimals('decimal(12,2)', [10, 2]),
  decimals('decimal(65,30)', [35, 30]),
  decimals('decimal(65,0)', [65, 0]),
  decimals('decimal(30,30)', [0, 30]),
  fixed('decimal(10,2) unsigned', ['0', '99999999.99', '0.01']),
  floats('float', 32, []),
  floats('double', 64, []),
  fixed('float(7,3)', ['0', '1234.567', '-0.001']),
  fixed('double(10,2)', ['0', '12345678.91', '-0.01']),
  texts(engine, 'char(5)', 5),
  texts(engine, 'char(5) COLLATE utf8mb4_bin', 5),
  texts(engine, 'varchar(10)', 10),
  texts(engine, 'varchar(10) COLLATE utf8mb4_bin', 10),
  texts(engine, 'varchar(10) CHARACTER SET latin1', 10, { allowed: within(0xff) }),
  texts(engine, 'varchar(10) CHARACTER SET ascii', 10, { allowed: within(0x7f) }),
  texts(engine, 'varchar(10) CHARACTER SET utf8mb3', 10, { allowed: within(0xffff) }),
  texts(engine, 'varchar(10) CHARACTER SET ucs2', 10, { allowed: within(0xffff) }),
  texts(engine, 'varchar(10) CHARACTER SET utf16', 10),
  texts(engine, 'tinytext', 63),
  texts(engine, 'text', 10_000),
  texts(engine, 'mediumtext CHARACTER SET latin1', 10_000, { allowed: within(0xff) }),
  texts(engine, 'longtext', 10_000),
  byteStrings(engine, 'binary(4)', 4, 4),
  byteStrings(engine, 'binary(16)', 16, 16),
  byteStrings(engine, 'varbinary(8)', 0, 8),
  byteStrings(engine, 'tinyblob', 0, 255),
  byteStrings(engine, 'blob', 0, 65_535),
  byteStrings(engine, 'longblob', 0, 100_000),
  times('date', dayEdges, days(1, 9999)),
  times(
    'time',
    ['00:00:00', '23:59:59', '24:00:00', '838:59:59', '-838:59:59', '-00:00:01', '100:00:00'],
    clocks(0),
  ),
  times('time(3)', ['00:00:00.001', '-00:00:00.001', '23:59:59.999'], clocks(3)),
  times('time(6)', ['23:59:59.999999', '-838:59:58.999999', '00:00:00.000001', '10:00:00.100000'], clocks(6)),
  times('datetime', momentEdges, moments(1, 9999, 0)),
  times(
    'datetime(3)',
    [...momentEdges, '2024-01-01 00:00:00.123', '2024-01-01 00:00:00.120'],
    moments(1, 9999, 3),
  ),
  times(
    'datetime(6)',
    [...momentEdges, '9999-12-31 23:59:59.999999', '2024-10-27 02:30:00.123456', '2024-01-01 00:00:00.100'],
    moments(1, 9999, 6),
  ),
  times('timestamp NULL', stamps, moments(1971, 2037, 0)),
  times('timestamp(3) NULL', [...stamps, '2024-01-01 00:00:00.123'], moments(1971, 2037, 3)),
  times(
    'timestamp(6) NULL',
    [...stamps, '1970-01-01 00:00:01.000001', '2038-01-19 03:14:07.999999', '2024-10-27 02:30:00.123456'],
    moments(1971, 2037, 6),
  ),
  fixed(`enum('a','it''s','ü','b,c','','A\\\\b','(x)')`, [
    `'a'`,
    `'it''s'`,
    `'ü'`,
    `'b,c'`,
    `''`,
    `'A\\\\b'`,
    `'(x)'`,
  ]),
  fixed(`set('a','b','c')`, [`''`, `'a'`, `'c,a'`, `'a,b,c'`]),
  bitStrings('bit(1)', 1, 1),
  bitStrings('bit(3)', 3, 3),
  bitStrings('bit(64)', 64, 64),
  fixed('point', [
    `ST_GeomFromText('POINT(1 2)')`,
    `ST_GeomFromText('POINT(-0.1 5e-324)')`,
    `ST_GeomFromText('POINT(1 2)', 4326)`,
  ]),
  fixed('geometry', [
    `ST_GeomFromText('LINESTRING(0 0,1 1)')`,
    `ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')`,
  ]),
]

export const mysqlTypes: readonly ValueType[] = [
  ...common('mysql'),
  jsonTexts('mysql', 'json', ['["\\u0000"]', '[-0.0]', '{"a":1,"a":2}']),
  fixed('vector(3)', [`STRING_TO_VECTOR('[1,-0.1,3.4e38]')`]),
]

export const mariadbTypes: readonly ValueType[] = [
  ...common('mariadb'),
  jsonTexts('mariadb', 'json', oddDocuments),
  fixed(
    'uuid',
    uuidTexts.map((text) => `'${text}'`),
  ),
  fixed('inet6', [`'::ffff:1.2.3.4'`, `'::1'`, `'2001:db8::ff00:42:8329'`]),
  fixed('inet4', [`'0.0.0.0'`, `'255.255.255.255'`]),
  decimals('decimal(65,38)', [27, 38]),
]
