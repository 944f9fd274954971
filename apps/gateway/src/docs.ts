import { origin, services } from '@cairn/local/topology';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import path from 'node:path';

const swaggerUi = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** Swagger UI over the OpenAPI of every service that has a database, that is, an API of its own. */
export async function docs(app: FastifyInstance, { portBase }: { portBase: number }) {
  const documented = services.filter(([name]) => name !== 'gateway').map(([name]) => name);
  const urls = documented.map((name) => ({ name, url: `/openapi/${name}.json` }));
  const initializer = `window.ui = SwaggerUIBundle({ urls: ${JSON.stringify(urls)}, dom_id: '#swagger-ui', deepLinking: true, persistAuthorization: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset], layout: 'StandaloneLayout' });`;

  app.get('/docs', (_request, reply) => reply.redirect('/docs/'));
  app.get('/docs/swagger-initializer.js', (_request, reply) => reply.type('text/javascript').send(initializer));
  await app.register(files, {
    root: swaggerUi,
    prefix: '/docs/',
    globIgnore: ['swagger-initializer.js'],
    wildcard: false,
    index: ['index.html'],
  });
  for (const name of documented) {
    app.get(`/openapi/${name}.json`, async (_request, reply) =>
      reply.send(await (await fetch(`${origin(portBase, name)}/openapi.json`)).json()),
    );
  }
}
