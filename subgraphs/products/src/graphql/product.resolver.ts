import { badInput } from '@shop/shared/errors/app-error';
import { type Connection, connection, DEFAULT_FIRST, pageRequest } from '@shop/shared/graphql/connection';
import { numericId, requiredId } from '@shop/shared/graphql/identifiers';
import { faultOfText } from '@shop/shared/text/bounded-text';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { ProductsContext } from './loaders.js';
import {
  ProductConnection,
  ProductFilterInput,
  ProductInput,
  ProductPatchInput,
  ProductSortEnum,
  ProductType,
} from './product.type.js';
import { toProductType } from './to-product-type.js';
import { type Product, searchBounds } from '../domain/product.js';
import { isPosition, type ListPosition, positionOf, type ProductSort } from '../persistence/product-list.js';
import type { Catalogue } from '../use-cases/catalogue.js';

@Resolver(() => ProductType)
export class ProductResolver {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly currency: string,
  ) {}

  @Query(() => ProductType, { nullable: true })
  async product(@Arg('id', () => ID) id: string, @Ctx() context: ProductsContext): Promise<ProductType | null> {
    return this.find(requiredId(id, 'id'), context);
  }

  @Query(() => ProductConnection, { nullable: true })
  async products(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('filter', () => ProductFilterInput, { nullable: true }) filter: ProductFilterInput | null | undefined,
    @Arg('sort', () => ProductSortEnum, { nullable: true, defaultValue: ProductSortEnum.NEWEST })
    wantedSort: ProductSort | null,
  ): Promise<Connection<ProductType>> {
    const fault = faultOfText(filter?.search ?? '', searchBounds);
    if (fault) throw badInput(fault, 'filter.search');
    const sort = wantedSort ?? ProductSortEnum.NEWEST;
    const isOurs = (value: unknown): value is ListPosition => isPosition(value, sort);
    const request = pageRequest(first, after, isOurs);
    const rows = await this.catalogue.list(filter ?? {}, sort, request);
    return connection(rows, request, this.shown, (product) => positionOf(product, sort));
  }

  @Mutation(() => [ProductType], { description: 'For administrators. All or none.' })
  async createProducts(@Arg('input', () => [ProductInput]) input: ProductInput[]): Promise<ProductType[]> {
    return (await this.catalogue.create.run(input, new Date())).map(this.shown);
  }

  @Mutation(() => ProductType, { description: 'For administrators.' })
  async updateProduct(
    @Arg('id', () => ID) id: string,
    @Arg('patch', () => ProductPatchInput) patch: ProductPatchInput,
  ): Promise<ProductType> {
    return this.shown(await this.catalogue.update.run(requiredId(id, 'id'), patch, undefined, new Date()));
  }

  @Mutation(() => Boolean, { description: 'For administrators.' })
  async deleteProduct(@Arg('id', () => ID) id: string): Promise<boolean> {
    await this.catalogue.delete.run(requiredId(id, 'id'), new Date());
    return true;
  }

  /** The product of an entity's key; null when it is not for sale. */
  readonly byKey = async ({ id }: Record<string, unknown>, context: ProductsContext): Promise<ProductType | null> => {
    const productId = numericId(id);
    return productId === null ? null : this.find(productId, context);
  };

  private async find(id: number, { loaders }: ProductsContext): Promise<ProductType | null> {
    const product = await loaders.products.load(id);
    return product && this.shown(product);
  }

  private readonly shown = (product: Product): ProductType => toProductType(product, this.currency);
}
