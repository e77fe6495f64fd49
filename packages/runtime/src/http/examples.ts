import { createHash } from 'node:crypto';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { readPage } from './read-page.ts';
import { contentSecurityPolicy } from './security-headers.ts';

/** The scripts that stand in a page itself. */
const inlineScripts = /<script[^>]*>([^]*?)<\/script>/g;

/**
 * Serves `EXAMPLE/index.html` of the folder as `/examples/EXAMPLE/`, and `example.css`, which they share. Each is read anew,
 * so that who changes one reloads the page and sees it.
 */
export function serveExamples(app: FastifyInstance, examplesRoot: string): void {
  const route = '/examples/:name([a-z0-9-]+)';
  app.get<{ Params: { name: string } }>(route, (request, reply) => reply.redirect(`/examples/${request.params.name}/`));
  app.get<{ Params: { name: string } }>(`${route}/`, async (request, reply) => {
    const page = await readPage(path.join(examplesRoot, request.params.name, 'index.html'));
    if (page === undefined) return reply.callNotFound();
    return reply
      .header('content-security-policy', contentSecurityPolicy(scriptHashes(page)))
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page);
  });
  app.get('/examples/example.css', async (_request, reply) => {
    const style = await readPage(path.join(examplesRoot, 'example.css'));
    if (style === undefined) return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').type('text/css; charset=utf-8').send(style);
  });
}

/** What lets exactly these scripts run (Content Security Policy Level 3 section 2.3.1). */
function scriptHashes(page: string): readonly string[] {
  return [...page.matchAll(inlineScripts)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
}
