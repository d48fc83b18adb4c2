import type { NextFunction, Request, Response } from 'express';
import { Counter, Gauge, Histogram } from 'prom-client';

const requests = new Counter({
  name: 'isthmus_catalog_requests_total',
  help: 'Requests by whom they are for (gateways, management), method and status class; class 0: the caller left',
  labelNames: ['surface', 'method', 'status'],
});

const seconds = new Histogram({
  name: 'isthmus_catalog_request_seconds',
  help: 'Time that requests of the management API took',
  labelNames: ['method'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
});

/** Gives the revision of the configuration that gateways get. */
export type ReadRevision = () => Promise<number>;

let readRevision: ReadRevision | undefined;

/** Names the catalog whose revision is shown; undefined: none any more. */
export function showRevision(read: ReadRevision | undefined): void {
  readRevision = read;
}

const revision = new Gauge({
  name: 'isthmus_catalog_configuration_revision',
  help: 'Revision of the configuration that gateways get; theirs stand in listGatewayReports',
  async collect() {
    // A store that is away is told by readiness; metrics go on without this one.
    const known = await readRevision?.().catch(() => undefined);
    if (known === undefined) this.reset();
    else this.set(known);
  },
});

/** The metrics of the catalog; they register themselves. */
export const metrics = [requests, seconds, revision];

const methods = new Set(['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE']);

/** Counts every request. Labels hold nothing that a caller wrote. */
export function countRequests(request: Request, response: Response, next: NextFunction): void {
  const began = performance.now();
  const method = methods.has(request.method) ? request.method : 'other';
  // Gateways wait for changes: how long says nothing.
  const surface = request.originalUrl.startsWith('/publication/') ? 'gateways' : 'management';
  response.on('close', () => {
    const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : '0';
    requests.inc({ surface, method, status });
    if (surface === 'management') seconds.observe({ method }, (performance.now() - began) / 1000);
  });
  next();
}
