import { z } from 'zod';
import { startMistake } from './start-error.js';
import { StopTime } from './stop-time.js';
import type { Component } from './system.js';
import { ConfigError, type Environment, readConfig, serviceVariables } from '../config/read-config.js';
import { createLogger } from '../logging/logger.js';
import { outliveReaders } from '../logging/stdout-lines.js';

const { LOG_LEVEL, SHUTDOWN_S } = serviceVariables;
const settings = z.object({ LOG_LEVEL, LOG_STDOUT_LEVEL: LOG_LEVEL.optional(), SHUTDOWN_S });

/**
 * Runs a system as this process: starts it, stops it in order on SIGTERM, SIGINT, or when the launcher that holds the
 * other end of the IPC channel is gone; within SHUTDOWN_S, or else not in order. Exit codes: 0 stopped, 1 could not start or stop, 2 a bad configuration.
 */
export async function runProcess(create: (environment: Environment) => Component): Promise<void> {
  const { env } = process;
  outliveReaders();
  const system = built(() => create(env));
  const config = readConfig(env, settings);
  const logger = createLogger(system.name, config.LOG_STDOUT_LEVEL ?? config.LOG_LEVEL);
  let stopping = false;
  const stop = async (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    const timeMs = config.SHUTDOWN_S * 1_000;
    setTimeout(() => process.exit(1), timeMs).unref();
    await system.stop(new StopTime(timeMs)).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
  process.once('disconnect', () => void stop('the launcher is gone'));
  try {
    await system.start();
    logger.info('started');
    // What only the start needed goes now, and not with the growth of the heap: where the process has --expose-gc.
    void globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
  } catch (error) {
    const mistake = startMistake(error);
    if (mistake) process.stderr.write(`${system.name}: ${mistake}\n`);
    else logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

function built(create: () => Component): Component {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
