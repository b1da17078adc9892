import { jest } from '@jest/globals';
import type * as Batches from '../../src/execution/entity-batch.js';
import type * as Conditions from '../../src/execution/selections.js';
import type * as Errors from '../../src/execution/subgraph-errors.js';
import type * as Fields from '../../src/execution/visible-fields.js';
import type * as Leaves from '../../src/execution/leaf-text.js';
import type * as Merging from '../../src/execution/merging.js';
import type * as Rewriting from '../../src/execution/rewrites.js';
import type * as Shape from '../../src/execution/shape-object.js';

const CASES = 3_000;
jest.setTimeout(600_000);

const source = (name: string) => `../../src/execution/${name}.js`;

/** What the comparison finds when a part of ours is another; null where it finds nothing. */
async function differenceWith<Module extends object>(
  name: string,
  mutate: (original: Module) => Partial<Module>,
): Promise<string | null> {
  jest.resetModules();
  const original = (await import(source(name))) as Module;
  jest.unstable_mockModule(source(name), () => ({ ...original, ...mutate(original) }));
  const { CompiledOperation } = await import('../../src/execution/compiled-operation.js');
  const { compareExecutors } = await import('./differences.js');
  const { difference } = await compareExecutors(CompiledOperation, CASES, 1);
  jest.unstable_unmockModule(source(name));
  return difference && JSON.stringify(difference);
}

describe('the comparison of executors finds one', () => {
  it('that gives one answer to the wrong one of two objects', async () => {
    const found = await differenceWith<typeof Batches>('entity-batch', ({ compileBatch }) => ({
      compileBatch: (...setting) => {
        const batchOf = compileBatch(...setting);
        return (entities) => {
          const batch = batchOf(entities);
          return { ...batch, indices: batch.indices.toReversed() };
        };
      },
    }));
    expect(found).not.toBeNull();
  });

  it('that shows an error at another place', async () => {
    const found = await differenceWith<typeof Errors>('subgraph-errors', ({ placesOf }) => ({
      placesOf: (path, root) => placesOf(path, root).toReversed(),
    }));
    expect(found).not.toBeNull();
  });

  it('that lets a null stand where none may be', async () => {
    const found = await differenceWith<typeof Shape>('shape-object', ({ shapeInto }) => ({
      shapeInto: (...setting) => {
        shapeInto(...setting);
        return true;
      },
    }));
    expect(found).not.toBeNull();
  });

  it('that puts the fragments of all types in place', async () => {
    const found = await differenceWith<typeof Fields>('visible-fields', ({ visibleFields }) => ({
      visibleFields: (schema, selections, _typename, parent) =>
        visibleFields(
          schema,
          selections.map((one) => (one.kind === 'fragment' ? { ...one, condition: null } : one)),
          undefined,
          parent,
        ),
    }));
    expect(found).not.toBeNull();
  });

  it('that looks at no @skip and @include', async () => {
    const found = await differenceWith<typeof Conditions>('selections', ({ selectionsOf }) => ({
      selectionsOf: (operation) => selectionsOf(operation).map((one) => ({ ...one, skips: null })),
    }));
    expect(found).not.toBeNull();
  });

  it('that takes anything for a leaf', async () => {
    const found = await differenceWith<typeof Leaves>('leaf-text', () => ({
      leafText: () => (value) => JSON.stringify(value),
    }));
    expect(found).not.toBeNull();
  });

  it('that replaces objects in place of merging them', async () => {
    const found = await differenceWith<typeof Merging>('merging', () => ({
      merge: (target, from) => void Object.assign(target, from),
    }));
    expect(found).not.toBeNull();
  });

  it('that rewrites nothing', async () => {
    const found = await differenceWith<typeof Rewriting>('rewrites', () => ({ compileRewrites: () => null }));
    expect(found).not.toBeNull();
  });
});
