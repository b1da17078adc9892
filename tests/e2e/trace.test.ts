import { theTracedPurchase } from './traced-purchase.js';

describe('the trace of an order, each service a process', () => theTracedPurchase('processes'));
