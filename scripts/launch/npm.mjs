import { spawn } from 'node:child_process';

/**
 * Runs the machine's own npm, under the Node that it came with, and resolves when it is done.
 * Rejects with what it printed when it fails.
 */
export function npm(args, cwd) {
  const { npm_execpath: script, npm_node_execpath: node, ...rest } = process.env;
  // Settings that this npm run was started with (such as `npm --prefix x test`) aren't meant for the one inside.
  const env = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
  );
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const [command, first] = script && node ? [node, [script]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, [...first, ...args, ...quiet], { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    // An install that goes on behind the back of one who pressed Ctrl-C would meet the next one.
    const stop = (signal) => {
      child.kill(signal);
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => reject(new Error(`npm can't be run: ${error.message}`)));
    child.once('close', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} failed:\n${output.trim()}`));
    });
  });
}
