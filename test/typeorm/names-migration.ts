// A migration of the app, for tests.

import { type MigrationInterface, type QueryRunner, Table } from 'typeorm'

export class Names implements MigrationInterface {
  readonly name = 'Names1700000000000'
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({ name: 'names', columns: [{ name: 'id', type: 'int', isPrimary: true }] }),
    )
    await runner.query('INSERT INTO names (id) VALUES (1)')
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('names')
  }
}
