import { spawn } from 'node:child_process';

/**
 * Runs the machine's own npm, under the Node that it came with, and resolves when it is done.
 * Rejects with what it printed when it fails.
 */
export async function npm(args, cwd) {
  const { code, output } = await npmAnswer([...args, '--no-audit', '--no-fund', '--loglevel=error'], cwd, ['stderr']);
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${output.trim()}`);
}

/**
 * The same, whatever it comes to: its exit code, and what it printed on stdout and on `more`. Rejects when it can't be run.
 * @returns {Promise<{code: number | null, output: string}>}
 */
export function npmAnswer(args, cwd, more = []) {
  const { npm_execpath: script, npm_node_execpath: node, ...rest } = process.env;
  // Settings that this npm run was started with (such as `npm --prefix x test`) aren't meant for the one inside.
  const env = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name)),
  );
  const [command, first] = script && node ? [node, [script]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, [...first, ...args], { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    // An install that goes on behind the back of one who pressed Ctrl-C would meet the next one.
    const stop = (signal) => {
      child.kill(signal);
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
    let output = '';
    for (const stream of ['stdout', ...more]) child[stream].on('data', (chunk) => (output += chunk));
    child.stderr.resume();
    child.once('error', (error) => reject(new Error(`npm can't be run: ${error.message}`)));
    child.once('close', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
      resolve({ code, output });
    });
  });
}
