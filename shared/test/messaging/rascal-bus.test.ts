import { busContract } from './bus-contract.js';
import { busFaultContract } from './bus-fault-contract.js';
import { rabbitHarness } from './rabbitmq-harness.js';

busContract(rabbitHarness);
busFaultContract(rabbitHarness);
