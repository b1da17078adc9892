/** SPDX identifiers (https://spdx.org/licenses): those that ask for no more than to be named, and one for a few packages. */
export const allowed = {
  everywhere: [
    ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'],
    // argparse, a translation of Python's, under either name of Python's own licence.
    ...['PSF-2.0', 'Python-2.0'],
  ],
  forSome: { 'Elastic-2.0': /^@apollo\/(composition|federation-internals|gateway|query-graphs|query-planner)$/ },
};

/**
 * Whether a package may be used: by every licence of an AND, by one of an OR. A nested expression is none that is known.
 * @param {{name: string, licence?: string}} found
 */
export function isAllowed({ name, licence = '' }) {
  const isFine = (id) =>
    allowed.everywhere.includes(id) || (Object.hasOwn(allowed.forSome, id) && allowed.forSome[id].test(name));
  const expression = licence.replace(/^\((.*)\)$/, '$1');
  return expression.split(' OR ').some((either) => either.split(' AND ').every(isFine));
}
