// Fills the catalogue that the shop is measured with: sixty products, one way to ship and one to pay. Whoever serves it makes
// its search index, by the jobs that this leaves.
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import core from '@vendure/core';
import cli from '@vendure/core/cli/index.js';
import { config } from './config.mjs';

const initialData = {
  defaultLanguage: 'en',
  defaultZone: 'Europe',
  countries: [{ name: 'Austria', code: 'AT', zone: 'Europe' }],
  taxRates: [{ name: 'Standard Tax', percentage: 20 }],
  shippingMethods: [{ name: 'Standard Shipping', price: 500 }],
  paymentMethods: [
    {
      name: 'Dummy',
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
    },
  ],
  collections: [],
  roles: [],
};
const heads =
  'name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets';
const rows = Array.from({ length: 60 }, (_, number) => {
  const description = `A fine product number ${number} with a description long enough to look like a real one.`;
  const cells = [`Product ${number}`, `product-${number}`, `"${description}"`, '', `category:c${number % 5}`, '', ''];
  return [...cells, `SKU${number}`, 10 + number, 'standard', 100_000_000, 'true', '', ''].join(',');
});
const file = join(tmpdir(), `bench-vendure-${process.pid}.csv`);
writeFileSync(file, [heads, ...rows, ''].join('\n'));

cli
  .populate(() => core.bootstrap(config), initialData, file)
  .then((app) => app.close())
  .then(
    () => 0,
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      return 1;
    },
  )
  .then((code) => {
    rmSync(file, { force: true });
    process.exit(code);
  });
