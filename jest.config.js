// One compiler for tests and for the build: swc, with legacy decorators and no decorator metadata.
import { swcOptions } from './scripts/launch/swc-options.mjs';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // "@shop/source" resolves a workspace package to its TypeScript, so that no test runs against a stale build.
  testEnvironmentOptions: { customExportConditions: ['@shop/source', 'node', 'node-addons'] },
  roots: ['<rootDir>/shared', '<rootDir>/gateway', '<rootDir>/subgraphs', '<rootDir>/system', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // `*.long.test.ts` take their time, and are for the commands that ask for all of something.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/dist/',
    ...(process.env.TEST_SET === 'full' ? [] : ['\\.long\\.test\\.ts$']),
  ],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swcOptions] },
  setupFilesAfterEnv: ['<rootDir>/tests/fail-on-console.mjs'],
  reporters: ['default', '<rootDir>/tests/count-tests.mjs'],
  maxWorkers: 2,
  // For all that a test, or its preparation, may take where the machine is slow: what waits for something has bounds of its own.
  testTimeout: 180_000,
};
