// A service like any other: it knows nothing of the move.

import { Inject, Injectable } from '@nestjs/common'
import { getDataSourceToken, getRepositoryToken } from '@nestjs/typeorm'
import type { DataSource, Repository } from 'typeorm'
import { Order } from './order.ts'

@Injectable()
export class Orders {
  readonly #orders: Repository<Order>
  readonly #db: DataSource

  constructor(
    @Inject(getRepositoryToken(Order)) orders: Repository<Order>,
    @Inject(getDataSourceToken()) db: DataSource,
  ) {
    this.#orders = orders
    this.#db = db
  }

  place(total: number): Promise<Order> {
    return this.#orders.save(this.#orders.create({ total }))
  }

  async ship(id: number): Promise<void> {
    await this.#db.transaction(async (manager) => {
      await manager.update(Order, { id }, { status: 'shipped' })
    })
  }

  list(): Promise<Order[]> {
    return this.#orders.find({ order: { id: 'ASC' } })
  }
}
