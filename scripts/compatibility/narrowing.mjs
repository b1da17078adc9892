/** A JSON Schema, as zod writes them. */
/** @typedef {boolean | Record<string, any>} Schema */

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** What a text must look like, or a number be a multiple of: two that differ can't be held against each other. */
const shapes = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentEncoding'];

/**
 * Where a value that `from` describes might not be one of `to`: each with what is the matter. Nothing: whoever reads by
 * `to` can read all that is written by `from`. Fields that a schema does not name are ignored by readers, so they may come
 * and go. Keywords other than those that zod writes are not looked at.
 * @param {Schema} from what is written
 * @param {Schema} to what is read
 * @returns {string[]}
 */
export function narrowing(from, to, at = '') {
  if (to === true || to === undefined || Object.keys(to).length === 0) return [];
  if (from === false) return [];
  if (from === true || from === undefined) from = {};
  const here = (text) => [`${at || 'the body'} ${text}`];
  const branches = from.anyOf ?? from.oneOf;
  if (branches) return branches.flatMap((branch) => narrowing(branch, to, at));
  const choices = to.anyOf ?? to.oneOf;
  if (choices) {
    const attempts = choices.map((choice) => narrowing(from, choice, at));
    return attempts.some((found) => found.length === 0)
      ? []
      : (attempts.toSorted(byLength)[0] ?? here('is nothing any more'));
  }
  for (const [all, other] of [
    [to.allOf, from],
    [from.allOf, to],
  ])
    if (all) return all.flatMap((part) => (all === to.allOf ? narrowing(other, part, at) : narrowing(part, other, at)));

  const values = valuesOf(from);
  const allowed = valuesOf(to);
  if (allowed) {
    const surplus = values?.filter((value) => !allowed.includes(value)) ?? ['anything'];
    return surplus.length > 0 ? here(`may be ${surplus.join(', ')}`) : [];
  }
  const types = typesOf(values ? { type: [...new Set(values.map(typeOf))] } : from);
  const wrong = types.filter(
    (type) => !typesOf(to).some((other) => other === type || (other === 'number' && type === 'integer')),
  );
  if (wrong.length > 0) return here(`may be of type ${wrong.join(', ')}`);
  if (values) return [];
  return [
    ...lowerBounds
      .filter((word) => to[word] > (from[word] ?? -Infinity))
      .flatMap((word) => here(`may be below the ${word} of ${to[word]}`)),
    ...upperBounds
      .filter((word) => to[word] < (from[word] ?? Infinity))
      .flatMap((word) => here(`may be above the ${word} of ${to[word]}`)),
    ...shapes
      .filter((word) => word in to && to[word] !== from[word])
      .flatMap((word) => here(`may have another ${word} than ${to[word]}`)),
    ...(to.required ?? [])
      .filter((name) => !from.required?.includes(name))
      .map((name) => `${inside(at, name)} may be missing`),
    ...Object.entries(to.properties ?? {}).flatMap(([name, schema]) =>
      from.properties?.[name] === undefined ? [] : narrowing(from.properties[name], schema, inside(at, name)),
    ),
    ...(isSchema(to.additionalProperties)
      ? narrowing(from.additionalProperties ?? true, to.additionalProperties, `${at}.*`)
      : []),
    ...(to.items === undefined ? [] : narrowing(from.items, to.items, `${at}[]`)),
  ];
}

/** False and true only say whether other fields may be there: they are ignored. */
function isSchema(value) {
  return typeof value === 'object' && value !== null;
}

function valuesOf({ const: one, enum: several }) {
  return one === undefined ? several : [one];
}

function typesOf({ type }) {
  return type === undefined ? ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'] : [type].flat();
}

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function inside(at, name) {
  return at ? `${at}.${name}` : name;
}

function byLength(one, other) {
  return one.length - other.length;
}
