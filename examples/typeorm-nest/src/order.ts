// An entity like any other.

import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity('orders')
export class Order {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number

  @Column({ type: 'integer' })
  total!: number

  @Column({ type: 'varchar', length: 20, default: 'open' })
  status!: string

  @CreateDateColumn()
  createdAt!: Date
}
