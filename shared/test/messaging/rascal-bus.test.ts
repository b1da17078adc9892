import { busContract } from './bus-contract.js';
import { rabbitHarness } from './rabbitmq-harness.js';

busContract(rabbitHarness);
