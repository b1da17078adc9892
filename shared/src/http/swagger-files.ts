import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The files that Swagger UI's page loads, by name: where each is, and its media type. */
export const swaggerFiles: Readonly<Record<string, { readonly path: string; readonly type: string }>> = {
  'swagger-ui.css': fileOf('swagger-ui.css', 'text/css; charset=utf-8'),
  'swagger-ui-bundle.js': fileOf('swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
  'favicon-32x32.png': fileOf('favicon-32x32.png', 'image/png'),
};

function fileOf(name: string, type: string) {
  const folder = dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json'));
  return { path: join(folder, 'static', name), type };
}
