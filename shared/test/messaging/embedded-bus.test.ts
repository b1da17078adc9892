import { busContract } from './bus-contract.js';
import { busFaultContract } from './bus-fault-contract.js';
import { embeddedHarness } from './embedded-harness.js';

busContract(embeddedHarness);
busFaultContract(embeddedHarness);
