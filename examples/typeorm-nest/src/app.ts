// The application's module. The move is one call of `doubleWrite`, where the data source is made.

import { type DynamicModule, Module } from '@nestjs/common'
import { TypeOrmModule } from '@nestjs/typeorm'
import { defineMigration } from '@twinwrite/sql'
import { doubleWrite } from '@twinwrite/typeorm'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { Order } from './order.ts'
import { Orders } from './orders.ts'

const migration = defineMigration({
  name: 'shop',
  tables: { orders: { target: 'purchases', columns: { total: 'amount' } } },
  beatMs: 200,
  leaseMs: 600,
})

@Module({})
export class App {
  readonly name = migration.migration.name

  static of(source: DataSourceOptions, target: DataSourceOptions): DynamicModule {
    return {
      module: App,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...source, entities: [Order] }),
          dataSourceFactory: (options) =>
            new DataSource(doubleWrite(options!, { migration, target })).initialize(),
        }),
        TypeOrmModule.forFeature([Order]),
      ],
      providers: [Orders],
    }
  }
}
