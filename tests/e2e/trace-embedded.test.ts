import { theTracedPurchase } from './traced-purchase.js';

describe('the trace of an order, all services in one process', () => theTracedPurchase('embedded'));
