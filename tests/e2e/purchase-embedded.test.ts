import { thePurchase } from './the-purchase.js';

describe('the purchase, all services in one process', () => thePurchase('embedded'));
