// Few rules, each with its reason: the walls of the house, promises nobody awaits, and what hides a type.
import js from '@eslint/js';
import globals from './scripts/launch/eslint-globals.mjs';
import tseslint from 'typescript-eslint';

const services = ['auth', 'products', 'cart', 'orders', 'payments', 'logger', 'mailer'];

/** Forbids imports that match, and says which wall they would break. */
const wall = (files, regex, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
});

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', '.data/', '.cache/', 'coverage/'] },
  js.configs.recommended,
  { files: ['**/*.{js,mjs}'], languageOptions: { globals } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody awaits loses its error.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      // A new state or event must be handled wherever states and events are told apart.
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Settings are parsed once, in config; everything else is given them.
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'read it in config.ts' }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: [
      '**/config*.ts',
      '**/main.ts',
      '**/run-process.ts',
      '**/test/**',
      '**/*.test.ts',
      'tests/**',
      'system/src/**',
      'gateway/src/compose.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.test.ts', '**/test/**', 'tests/**'], rules: { 'max-lines': 'off' } },
  wall(['shared/src/**'], '^@shop/(?!shared/)', 'shared serves the services and knows none of them'),
  wall(['gateway/src/**'], `^@shop/(${services.join('|')})`, 'the gateway reaches services by HTTP alone'),
  ...services.map((service) =>
    wall(
      [`subgraphs/${service}/**`],
      `^@shop/(?!shared/|${service}/)|subgraphs/`,
      'no service imports another: events and HTTP are the only words they share',
    ),
  ),
  wall(
    ['subgraphs/*/src/{graphql,rest,messaging}/**'],
    '^@mikro-orm/|^@shop/(?!shared/)|persistence/.*record|persistence/database',
    'a door parses, calls one use-case or a store, and maps the answer: it never touches the database',
  ),
  wall(
    ['subgraphs/*/src/domain/**/!(*.test).ts'],
    '^(?!\\./|@shop/shared/(errors|money|text)/)',
    'the domain is pure: it imports only domain, errors, money and text',
  ),
);
