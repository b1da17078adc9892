/** What Grafana puts in the place of its variables when all of everything is shown. */
const VARIABLES: Readonly<Record<string, string>> = {
  $__rate_interval: '1m',
  $__range: '5m',
  $service: '.*',
};

/** A panel's expression as Grafana sends it. Throws for a variable that nothing is known of. */
export function substituted(expr: string): string {
  return expr.replaceAll(/\$\w+/g, (name) => {
    const value = VARIABLES[name];
    if (value === undefined) throw new Error(`${name} in ${expr}`);
    return value;
  });
}

const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** The selectors of series in a PromQL expression, each as it stands there. */
export function selectorsOf(expr: string): string[] {
  const withoutRanges = expr.replaceAll(/\[[^\]]*\]/g, ' ');
  const withoutLabelLists = withoutRanges.replaceAll(
    /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g,
    ' ',
  );
  // A name that no bracket follows is no function; numbers, such as 1.5e9, are no names.
  const names = /(?<![\w.])([a-zA-Z_:][\w:]*)(\{(?:"[^"]*"|[^}"])*\})?(?!\s*\(|[\w:{])/g;
  return [...withoutLabelLists.matchAll(names)]
    .filter(([, name]) => name && !OPERATORS.has(name))
    .map(([selector]) => selector);
}
