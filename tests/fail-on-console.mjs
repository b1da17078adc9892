// A test that prints fails: output nobody asserts on is either noise or a failure that nobody sees.
for (const method of ['log', 'info', 'warn', 'error', 'debug']) {
  const original = console[method];
  console[method] = (...args) => {
    original(...args);
    throw new Error(`console.${method} was called in a test: ${args.map(String).join(' ')}`);
  };
}
