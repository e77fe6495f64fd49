import type { IncomingMessage } from 'node:http';
import type { CodedError } from '@rivero/core';
import type { FastifyInstance } from 'fastify';

/** What `/metrics` says, and to whom. */
export interface MetricsPage {
  readonly contentType: string;
  /** Why it is not told to who asks; undefined: it is. */
  objectTo(request: IncomingMessage): CodedError | undefined;
  read(): Promise<string>;
}

export function serveMetrics(app: FastifyInstance, page: MetricsPage): void {
  app.get('/metrics', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const refusal = page.objectTo(request.raw);
    if (refusal !== undefined) return reply.code(403).send({ code: refusal.code, message: refusal.message });
    return reply.type(page.contentType).send(await page.read());
  });
}
