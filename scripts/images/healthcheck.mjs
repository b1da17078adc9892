// The HEALTHCHECK of every image: whether the service of this container can do its work now, by its own word.
try {
  const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/readyz`, { signal: AbortSignal.timeout(2500) });
  process.exitCode = answer.ok ? 0 : 1;
  if (!answer.ok) process.stdout.write(`${answer.status} ${(await answer.text()).slice(0, 500)}`);
} catch (error) {
  process.stdout.write(error.message);
  process.exitCode = 1;
}
