// A shop as a TypeORM app models it: decorators and schemas, relations with cascades, trees, inheritance, generated keys of
// each kind. Column types are given where TypeScript's own would have to be told by the compiler.

import {
  BaseEntity,
  BeforeInsert,
  Column,
  CreateDateColumn,
  DeleteDateColumn,
  Entity,
  EntitySchema,
  ChildEntity,
  JoinTable,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  TableInheritance,
  Tree,
  TreeChildren,
  TreeParent,
  UpdateDateColumn,
  VersionColumn,
} from 'typeorm'

@Entity('customers')
export class Customer {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 80, unique: true })
  email!: string
  @Column({ type: String, length: 80, nullable: true })
  name!: string | null
  @Column({ type: Boolean, default: false })
  vip!: boolean
}

export interface Campaign {
  id: number
  name: string
  coupons: Coupon[]
}

/** A schema without a class. */
export const CampaignSchema = new EntitySchema<Campaign>({
  name: 'Campaign',
  tableName: 'campaigns',
  columns: {
    id: { type: 'int', primary: true, generated: 'increment' },
    name: { type: String, length: 40 },
  },
  relations: {
    coupons: { type: 'one-to-many', target: 'Coupon', inverseSide: 'campaign', cascade: true },
  },
})

export class Coupon {
  code!: string
  percent!: number
  campaign!: Campaign
}

/** A schema of a class. */
export const CouponSchema = new EntitySchema<Coupon>({
  name: 'Coupon',
  target: Coupon,
  tableName: 'coupons',
  columns: {
    code: { type: String, length: 20, primary: true },
    percent: { type: Number, default: 10 },
  },
  relations: {
    campaign: { type: 'many-to-one', target: 'Campaign', inverseSide: 'coupons', nullable: true },
  },
})

export class Address {
  @Column({ type: String, length: 80, nullable: true })
  street!: string | null
  @Column({ type: String, length: 80, nullable: true })
  city!: string | null
}

@Entity('orders')
export class Order {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: Number, default: 0 })
  total!: number
  @Column({ type: String, length: 80, nullable: true })
  note!: string | null
  @Column(() => Address)
  address!: Address
  @ManyToOne(() => Customer, { nullable: true })
  customer!: Customer | null
  @OneToMany(() => Line, (line) => line.order, { cascade: true })
  lines!: Line[]
  @ManyToMany(() => Tag, (tag) => tag.orders, { cascade: ['insert'] })
  @JoinTable({ name: 'order_tags' })
  tags!: Tag[]
  @OneToMany(() => Remark, (remark) => remark.order, { lazy: true })
  remarks!: Promise<Remark[]>
  @VersionColumn({ type: 'int' })
  version!: number
  @CreateDateColumn()
  createdAt!: Date
  @UpdateDateColumn()
  updatedAt!: Date
  @DeleteDateColumn()
  deletedAt!: Date | null
}

@Entity('lines')
export class Line {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 40 })
  sku!: string
  @Column({ type: Number })
  qty!: number
  @ManyToOne(() => Order, (order) => order.lines, { onDelete: 'CASCADE', orphanedRowAction: 'delete' })
  order!: Order
}

@Entity('remarks')
export class Remark {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 80 })
  text!: string
  @ManyToOne(() => Order, (order) => order.remarks, { lazy: true, onDelete: 'CASCADE' })
  order!: Promise<Order>
}

@Entity('tags')
export class Tag {
  @PrimaryGeneratedColumn('uuid')
  id!: string
  @Column({ type: String, length: 40 })
  name!: string
  @ManyToMany(() => Order, (order) => order.tags)
  orders!: Order[]
}

@Entity('members')
export class Member extends BaseEntity {
  @PrimaryColumn({ type: 'int' })
  tenant!: number
  @PrimaryColumn({ type: String, length: 40 })
  login!: string
  @Column({ type: Number, default: 1 })
  level!: number
}

@Entity('contents')
@TableInheritance({ column: { type: 'varchar', length: 20, name: 'kind' } })
export class Content {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 80 })
  title!: string
}

@ChildEntity()
export class Photo extends Content {
  @Column({ type: String, length: 80, nullable: true })
  size!: string | null
}

@ChildEntity()
export class Question extends Content {
  @Column({ type: Number, nullable: true })
  answers!: number | null
  @BeforeInsert()
  start(): void {
    this.answers ??= 0
  }
}

/** Columns of every table whose entity extends it. */
abstract class Named {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 40 })
  name!: string
}

@Entity('suppliers')
export class Supplier extends Named {
  @Column({ type: Number, default: 1 })
  rating!: number
}

@Entity('areas')
@Tree('closure-table', { closureTableName: 'area_tree' })
export class Area {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 40 })
  name!: string
  @TreeChildren({ cascade: true })
  children!: Area[]
  @TreeParent()
  parent!: Area | null
}

@Entity('topics')
@Tree('materialized-path')
export class Topic {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 40 })
  name!: string
  @TreeChildren()
  children!: Topic[]
  @TreeParent()
  parent!: Topic | null
}

@Entity('groups')
@Tree('nested-set')
export class Group {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 40 })
  name!: string
  @TreeChildren()
  children!: Group[]
  @TreeParent()
  parent!: Group | null
}

/** Does not move. */
@Entity('audit')
export class Audit {
  @PrimaryGeneratedColumn({ type: 'int' })
  id!: number
  @Column({ type: String, length: 80 })
  text!: string
}

export const moving = [
  Customer,
  CampaignSchema,
  CouponSchema,
  Order,
  Line,
  Remark,
  Tag,
  Member,
  Content,
  Photo,
  Question,
  Supplier,
  Area,
  Topic,
  Group,
] as const
