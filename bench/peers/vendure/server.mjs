// Vendure in one process: server and job queue.
import core from '@vendure/core';
import { config } from './config.mjs';

process.on('SIGTERM', () => process.exit(0));
const app = await core.bootstrap(config);
await app.get(core.JobQueueService).start();
