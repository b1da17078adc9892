import { type CompositeType, type Schema } from '@apollo/federation-internals';
import type { SelectedField, Selections, Skips } from './selections.js';
import { conditionApplies } from './shaping.js';

/** A field that objects of one type show, with its fragments' conditions. */
export interface VisibleField {
  readonly field: SelectedField;
  /** What the object stands as where the field is selected. */
  readonly parent: CompositeType;
  /** The conditions of the fragments around it and its own, from the outermost. */
  readonly skips: readonly Skips[];
}

/**
 * The fields that an object shows, with the fragments that are about it put in place, in their order. Null where a field
 * is selected twice in such a way that one visit can't answer both: with other fields below, or under other conditions.
 */
export function visibleFields(
  schema: Schema,
  selections: Selections,
  typename: string | undefined,
  parent: CompositeType,
): readonly VisibleField[] | null {
  const first = new Map<string, VisibleField>();
  const collect = (from: Selections, as: CompositeType, around: readonly Skips[]): boolean =>
    from.every((selection) => {
      const skips = selection.skips ? [...around, selection.skips] : around;
      if (selection.kind === 'fragment') {
        const { condition, below } = selection;
        return !conditionApplies(schema, condition, typename, as) || collect(below, condition ?? as, skips);
      }
      const before = first.get(selection.responseName);
      if (!before) first.set(selection.responseName, { field: selection, parent: as, skips });
      return !before || answersToo(before, selection.below, skips);
    });
  return collect(selections, parent, []) ? [...first.values()] : null;
}

/** Whether a leaf that was shown is shown again by no other rule: then the second time changes nothing. */
function answersToo(
  { field, skips: before }: VisibleField,
  below: Selections | null,
  skips: readonly Skips[],
): boolean {
  return field.below === null && below === null && before.every((skip, index) => skips[index] === skip);
}
