import { createOwnedDatabase, type OwnedDatabase } from './owned-databases.js';

/**
 * Runs before the services: gives each a database, and a user that may use that one and no other, as `AUTH_DATABASE_URL`
 * and its like say. DATABASE_URL is the server's, as its administrator. What is there already is put right and kept.
 */
try {
  const { DATABASE_URL: server } = process.env;
  if (!server) throw new Error('DATABASE_URL is not set: the PostgreSQL server, as its administrator.');
  const wanted = Object.entries(process.env).flatMap(([name, url]) => {
    const service = /^([A-Z]+)_DATABASE_URL$/.exec(name)?.[1];
    return service && url ? [ownedDatabase(url)] : [];
  });
  if (wanted.length === 0) throw new Error('No database is asked for: AUTH_DATABASE_URL and its like are not set.');
  for (const database of wanted) {
    await createOwnedDatabase(server, database);
    process.stdout.write(`${database.name}: has its database and its user.\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function ownedDatabase(url: string): OwnedDatabase {
  const { pathname, username, password } = new URL(url);
  return { name: decodeURIComponent(pathname.slice(1)), user: username, password: decodeURIComponent(password) };
}
