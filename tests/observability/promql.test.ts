import { selectorsOf, substituted } from './promql.js';

describe('the selectors of an expression', () => {
  it.each([
    ['up == 0', ['up']],
    ['sum by (service, le) (rate(a_bucket{x="1", y=~"/m|}/h"}[5m])) > 1.5e9', ['a_bucket{x="1", y=~"/m|}/h"}']],
    ['a > 0 and on (service) sum without (state) (b{state="busy"}) >= on (service) c', ['a', 'b{state="busy"}', 'c']],
    ['count(a) - sum(a)', ['a', 'a']],
    ['time() - process_start_time_seconds{service=~".*"}', ['process_start_time_seconds{service=~".*"}']],
  ])('%s', (expr, selectors) => expect(selectorsOf(expr)).toEqual(selectors));
});

it('refuses a variable that it does not know', () => {
  expect(substituted('rate(a{service=~"$service"}[$__rate_interval])')).toBe('rate(a{service=~".*"}[1m])');
  expect(() => substituted('a{b="$c"}')).toThrow('$c');
});
