/** What plain JavaScript files may use without an import: Node's own globals. */
export default Object.fromEntries(
  [
    'process',
    'console',
    'URL',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'Buffer',
    'fetch',
    'performance',
    'AbortSignal',
    'AbortController',
  ].map((name) => [name, 'readonly']),
);
