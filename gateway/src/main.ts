import { createSystem } from './system.js';

const system = createSystem(process.env);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    system.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  });
}

system.start().catch(fail);

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
