import { runProcess } from '@shop/shared/lifecycle/run-process';
import { createSystem } from './system.js';

await runProcess(createSystem);
