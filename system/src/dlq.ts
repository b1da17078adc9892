import { openDeadLetters } from '@shop/shared/backing/open-dead-letters';
import { dlqCommand, runCommand } from './dlq/commands.js';
import { once } from './once.js';

/** `npm run dlq -- list | show ID | replay ID|--all | drop ID`: the dead letters of the shop of this folder. */
const command = dlqCommand(process.argv.slice(2));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const brokerUrl = process.env['RABBITMQ_URL'];

if (typeof command === 'string') {
  say(command);
  process.exit(2);
} else if (brokerUrl) {
  await runCommand(command, openDeadLetters({ brokerUrl }), say, new Date()).catch(fail);
} else {
  await once(async ({ orders }) => {
    const letters = openDeadLetters({ databaseUrl: orders['BUS_DATABASE_URL'] ?? '' });
    await runCommand(command, letters, say, new Date());
  });
}

function fail(error: unknown): void {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
