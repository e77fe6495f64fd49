import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, {
  type FastifyBaseLogger,
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Log } from '../log/index.ts';
import { serveExamples } from './examples.ts';
import type { HealthReport } from './health.ts';
import { type MetricsPage, serveMetrics } from './metrics-page.ts';
import { notBuiltPage, notFoundPage } from './pages.ts';
import { readPage } from './read-page.ts';
import { securityHeaders } from './security-headers.ts';

export interface HttpAppOptions {
  readonly log: Log;
  /** Folder of the built web app. */
  readonly webRoot: string;
  /** Folder of the SDK that was built as one module. */
  readonly sdkRoot: string;
  /** Folder of the example pages; where there is none, none are served. */
  readonly examplesRoot: string;
  readonly health: () => HealthReport;
  readonly metrics: MetricsPage;
}

/** Bytes in the body of a request. */
const bodyMax = 64 * 1024;

/** Paths that the web app's own router answers. */
const webAppRoutes = ['/', '/meet', '/meet/*', '/trickle-ice'];

/** Files, and folders of them: nobody is sent to a page of the app from there. */
const filePath = /^\/(?:assets|examples)(?:\/|$)|\./;

/** The SDK for pages without a build. Their address stays, so they are asked for each time. */
const sdkFiles = ['sdk.js', 'sdk.js.map'];

/** What answers http requests, whichever server they came in by. */
export async function openHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
  const { log, webRoot, health } = options;
  const logger: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyMax,
    forceCloseConnections: true,
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    // What stands behind it may be a secret, or somebody's name.
    const [path] = request.url.split('?');
    const took = Math.round(reply.elapsedTime);
    log.debug({ method, path, status: reply.statusCode, ms: took, from: request.ip }, 'answered');
  });
  app.get('/healthz', async (_request, reply) => {
    const report = health();
    return reply
      .code(report.status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  });
  serveMetrics(app, options.metrics);
  serveSdk(app, options.sdkRoot);
  if (existsSync(path.join(webRoot, 'index.html'))) serveWebApp(app, webRoot);
  else for (const route of webAppRoutes) app.get(route, async (_request, reply) => sendPage(reply, 503, notBuiltPage));
  serveExamples(app, options.examplesRoot);
  app.setNotFoundHandler(async (request, reply) => answerNotFound(request, reply, webRoot));
  app.setErrorHandler(async (error, _request, reply) => answerError(error, reply, log));
  await app.ready();
  return app;
}

/** Also where the web app is not built: pages of others ask for it. */
function serveSdk(app: FastifyInstance, sdkRoot: string): void {
  app.register(fastifyStatic, {
    root: sdkRoot,
    serve: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply) => reply.header('cache-control', 'no-cache'),
  });
  for (const file of sdkFiles) app.get(`/${file}`, (_request, reply) => reply.sendFile(file));
}

function serveWebApp(app: FastifyInstance, webRoot: string): void {
  app.register(fastifyStatic, {
    root: webRoot,
    // The one of the SDK's folder serves both: each file is sent with its folder.
    decorateReply: false,
    index: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, file) => {
      const isHashed = path.relative(webRoot, file).startsWith(`assets${path.sep}`);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const route of webAppRoutes) app.get(route, (_request, reply) => reply.sendFile('index.html', webRoot));
}

/** Who goes to an unknown page gets the app, which explains it. Never as a file: a 404 without a body would be a blank page. */
async function answerNotFound(request: FastifyRequest, reply: FastifyReply, webRoot: string): Promise<FastifyReply> {
  const [address = ''] = request.url.split('?');
  if (request.headers.accept?.includes('text/html') === true) {
    const app = filePath.test(address) ? undefined : await readPage(path.join(webRoot, 'index.html'));
    return sendPage(reply, 404, app ?? notFoundPage);
  }
  return reply.code(404).send({ code: 'not-found', message: 'There is nothing at this address.' });
}

/** Requests that are wrong by themselves keep their 4xx; anything else is ours, and its text stays in the log. */
async function answerError(error: unknown, reply: FastifyReply, log: Log): Promise<FastifyReply> {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (error instanceof Error && status >= 400 && status < 500) {
    return reply.code(status).send({ code: 'bad-request', message: error.message });
  }
  log.error({ err: error }, 'a request failed');
  return reply.code(500).send({ code: 'internal-error', message: 'This is a fault of the server; its log says more.' });
}

async function sendPage(reply: FastifyReply, status: number, page: string): Promise<FastifyReply> {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page);
}
