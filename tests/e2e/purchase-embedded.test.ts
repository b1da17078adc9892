import { RunningShop } from './running-shop.js';
import { thePurchase } from './the-purchase.js';

describe('the purchase, all services in one process', () =>
  thePurchase((settings) => RunningShop.start('embedded', settings)));
