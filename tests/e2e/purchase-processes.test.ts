import { RunningShop } from './running-shop.js';
import { thePurchase } from './the-purchase.js';

describe('the purchase, each service a process on real servers', () =>
  thePurchase((settings) => RunningShop.start('processes', settings)));
