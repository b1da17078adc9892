/**
 * How TypeScript becomes JavaScript here, for the build and for jest alike: ES modules, legacy decorators for
 * type-graphql, and no decorator metadata (every GraphQL type is written as a thunk, so none is needed).
 * @type {import('@swc/core').Options}
 */
export const swcOptions = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};
