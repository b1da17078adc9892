import { randomBytes } from 'node:crypto';
import { required } from './test-environment.js';

/** The Redis of REDIS_URL, under a namespace of one test file's own. */
export function testRedis(): { url: string; namespace: string } {
  return { url: required('REDIS_URL'), namespace: `test_${randomBytes(6).toString('hex')}:` };
}
