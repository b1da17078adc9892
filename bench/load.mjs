// Sends operations to a gateway, so many at once, from a process of its own: it is told what by its parent, once for each
// round, and tells what came of it.
import { Pool } from 'undici';

/** Of the answers to how many requests the text is looked at as a whole. */
const LOOKED_AT = 100;

process.on('message', async (asked) => process.send(await load(asked)));

/** `salt`: the number from which the variable of that name counts on, another one for each request. */
async function load({ origin, path = '/graphql', query, headers, connections, seconds, salt: first = 0 }) {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const [before, after] = JSON.stringify({ query, variables: { salt: 'SALT' } }).split('"SALT"');
  const durations = [];
  let salt = first;
  const began = performance.now();
  const until = began + seconds * 1_000;
  const client = async () => {
    while (performance.now() < until) {
      salt += 1;
      const since = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path,
        headers,
        body: `${before}${salt}${after}`,
      });
      const text = await body.text();
      durations.push(performance.now() - since);
      const whole = durations.length % LOOKED_AT === 1 ? 'errors' in JSON.parse(text) : text.startsWith('{"errors"');
      if (statusCode !== 200 || whole) throw new Error(`${origin} answered ${statusCode} ${text.slice(0, 300)}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, client));
  } catch (error) {
    return { failed: error.message };
  }
  const took = (performance.now() - began) / 1_000;
  await pool.close();
  durations.sort((one, other) => one - other);
  const quantile = (share) => durations[Math.floor((durations.length - 1) * share)];
  return { requests: durations.length, seconds: took, p50: quantile(0.5), p99: quantile(0.99), salt };
}
