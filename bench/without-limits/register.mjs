// Loaded into a gateway by Node's --import, for the benchmark of its limits alone: the modules that hold requests against limits
// are those of this folder instead, in which nothing is measured, counted or refused.
import { registerHooks } from 'node:module';

const replaced = ['limits', 'mutation-steps', 'open-connections', 'request-rate'];

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const name = replaced.find((each) => resolved.url.endsWith(`/gateway/dist/${each}.js`));
    return name ? { ...resolved, url: new URL(`${name}.mjs`, import.meta.url).href } : resolved;
  },
});
