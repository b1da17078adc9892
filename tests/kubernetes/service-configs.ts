import { ConfigError, type Environment } from '@shop/shared/config/read-config';
import { readers } from '@shop/system/check-configuration';
import type { ProcessName } from '@shop/system/ports';

/** What a service itself says of such an environment: its mistakes, none when it would start. */
export function readConfigOf(name: ProcessName, environment: Environment): readonly string[] {
  try {
    readers[name](environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}
