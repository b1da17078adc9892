import { thePurchase } from './the-purchase.js';

describe('the purchase, each service a process on real servers', () => thePurchase('processes'));
