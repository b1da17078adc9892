import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** What a document comes to with its fragments put in place. */
export interface Extent {
  /** Fields within fields, at most. */
  readonly depth: number;
  readonly fields: number;
  /** Fields that are asked for under another name: one field can be asked for many times that way. */
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Extent = { depth: 0, fields: 0, aliases: 0, directives: 0 };

/**
 * Measures a document, in time that grows with its text only: each fragment is measured once, however often it is spread.
 * Its operations count together, and a fragment that no operation spreads counts as one of them. What spreads itself
 * counts once; validation refuses it.
 */
export function extentOf({ definitions }: DocumentNode): Extent {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Extent>();

  const ofFragment = (name: string): Extent => {
    const known = measured.get(name);
    if (known) return known;
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    const extent = together(directivesOf(fragment), ofSelections(fragment?.selectionSet));
    measured.set(name, extent);
    return extent;
  };

  const ofSelections = (set: SelectionSetNode | undefined): Extent => {
    let extent = NOTHING;
    for (const selection of set?.selections ?? []) {
      extent = together(extent, directivesOf(selection));
      switch (selection.kind) {
        case Kind.FIELD: {
          const { depth, fields, aliases, directives } = ofSelections(selection.selectionSet);
          const renamed = selection.alias ? 1 : 0;
          extent = together(extent, { depth: depth + 1, fields: fields + 1, aliases: aliases + renamed, directives });
          break;
        }
        case Kind.INLINE_FRAGMENT:
          extent = together(extent, ofSelections(selection.selectionSet));
          break;
        case Kind.FRAGMENT_SPREAD:
          extent = together(extent, ofFragment(selection.name.value));
          break;
      }
    }
    return extent;
  };

  const ofDefinition = (definition: DefinitionNode): Extent => {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      const { variableDefinitions = [], selectionSet } = definition;
      return [definition, ...variableDefinitions]
        .map(directivesOf)
        .reduce((extent, own) => together(extent, own), ofSelections(selectionSet));
    }
    const unused = definition.kind === Kind.FRAGMENT_DEFINITION && !measured.has(definition.name.value);
    return unused ? ofFragment(definition.name.value) : NOTHING;
  };

  // Operations first: after them, a fragment that was not measured is one that none of them spreads.
  const operationsFirst = definitions.toSorted((a, b) => rank(a) - rank(b));
  return operationsFirst.reduce((extent, definition) => together(extent, ofDefinition(definition)), NOTHING);
}

function directivesOf(node: { readonly directives?: readonly unknown[] | undefined } | undefined): Extent {
  const directives = node?.directives?.length ?? 0;
  return directives === 0 ? NOTHING : { ...NOTHING, directives };
}

function rank({ kind }: DefinitionNode): number {
  return kind === Kind.OPERATION_DEFINITION ? 0 : 1;
}

function together(one: Extent, other: Extent): Extent {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
  };
}
