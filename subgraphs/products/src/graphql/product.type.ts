import { connectionType } from '@shop/shared/graphql/connection';
import { SafeInt } from '@shop/shared/graphql/scalars';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ProductSort } from '../persistence/product-list.js';

export const ProductSortEnum = {
  NEWEST: 'NEWEST',
  NAME: 'NAME',
  PRICE_ASC: 'PRICE_ASC',
  PRICE_DESC: 'PRICE_DESC',
} as const satisfies Record<ProductSort, ProductSort>;
registerEnumType(ProductSortEnum, { name: 'ProductSort' });

@ObjectType('Product')
@Directive('@key(fields: "id")')
export class ProductType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => SafeInt, { description: "In the currency's minor unit." })
  price!: number;

  @Field(() => String)
  currency!: string;

  @Field(() => Int, { description: 'What can be ordered now: what orders hold is not in it.' })
  stock!: number;

  @Field(() => Boolean)
  inStock!: boolean;

  @Field(() => Int, { description: 'One more at each change, stock included.' })
  version!: number;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date)
  updatedAt!: Date;
}

export const ProductConnection = connectionType(ProductType, 'Product');

@InputType('ProductInput')
export class ProductInput {
  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => SafeInt)
  price!: number;

  @Field(() => Int)
  stock!: number;
}

@InputType('ProductPatch', { description: 'What is absent stays as it is.' })
export class ProductPatchInput {
  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => SafeInt, { nullable: true })
  price?: number | null;

  @Field(() => Int, { nullable: true })
  stock?: number | null;
}

@InputType('ProductFilter')
export class ProductFilterInput {
  @Field(() => String, { nullable: true, description: 'In name or description, whatever the case and the diacritics.' })
  search?: string | null;

  @Field(() => SafeInt, { nullable: true })
  minPrice?: number | null;

  @Field(() => SafeInt, { nullable: true })
  maxPrice?: number | null;

  @Field(() => Boolean, { nullable: true })
  inStock?: boolean | null;
}
