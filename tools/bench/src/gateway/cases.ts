import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBareProxy } from '../baselines/bare-proxy.js';
import {
  forwardToUpstream,
  hasNginx,
  startNginx,
  upstream,
  withoutNginx,
} from '../baselines/nginx.js';
import type { LoadRequest } from '../load/load.js';
import type { Candidate, Comparison } from '../measurement/compare.js';
import {
  expressGatewayName,
  startExpressGateway,
  type ExpressPolicies,
} from '../peers/express-gateway.js';
import { orReason, peersOff } from '../peers/install-peer.js';
import { getCached, getOrder, getSecured, getRoutes, postOrder } from './requests.js';
import { isthmus, ours, serverCore, serverOf } from './isthmus-candidate.js';
import type { GatewayBench } from './isthmus-candidate.js';
import type { Tokens } from './tokens.js';

const bare = 'bare node:http + undici';

/** The cases by name. */
export const gatewayCases: Readonly<Record<string, (bench: GatewayBench) => Comparison>> = {
  get: getCase,
  post: postCase,
  jwt: jwtCase,
  cached: cachedCase,
  routes: routesCase,
  telemetry: telemetryCase,
  workers: workersCase,
};

function getCase(bench: GatewayBench): Comparison {
  return {
    name: 'get',
    title:
      'GET, answer of 1 KiB, 20 policy steps over four scopes (nginx, bare and express-gateway only forward)',
    candidates: [
      nginx(bench, 'get', getOrder),
      bareProxy(bench, getOrder),
      isthmus(bench, getOrder),
      express(bench, 'get', { policies: [], requests: getOrder }),
    ],
    anchors: ['nginx', bare, expressGatewayName],
    targets: [
      { row: ours, column: 'speed ÷ nginx', value: 0.33, better: 'more' },
      { row: ours, column: `speed ÷ ${bare}`, value: 0.85, better: 'more' },
      { row: ours, column: `speed ÷ ${expressGatewayName}`, value: 8, better: 'more' },
    ],
  };
}

function postCase(bench: GatewayBench): Comparison {
  const requests = postOrder;
  return {
    name: 'post',
    title: 'POST of 10 KiB, streamed, answer of 1 KiB, 15 policy steps over three scopes',
    candidates: [
      nginx(bench, 'post', requests),
      bareProxy(bench, requests),
      isthmus(bench, requests),
      express(bench, 'post', { policies: [], requests }),
    ],
    anchors: ['nginx', bare, expressGatewayName],
    targets: [{ row: ours, column: 'speed ÷ nginx', value: 0.3, better: 'more' }],
  };
}

function jwtCase(bench: GatewayBench): Comparison {
  const requests = getSecured(bench.tokens);
  const nginxName = 'nginx, all but the JWT';
  return {
    name: 'jwt',
    title: 'RS256 tokens of 100 subjects, limit for each subject, CORS, headers; GET of 1 KiB',
    candidates: [
      nginx(bench, 'jwt', requests, {
        name: nginxName,
        http: 'limit_req_zone $http_authorization zone=subjects:10m rate=1000000r/s;',
        location: `limit_req zone=subjects burst=100000 nodelay;
      add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true; add_header Vary Origin;
      add_header X-Frame-Options DENY; proxy_set_header X-Subject $http_origin; proxy_set_header Authorization "";`,
      }),
      isthmus(bench, requests),
      express(bench, 'jwt', { policies: [], requests, secured: true }),
    ],
    anchors: [nginxName, expressGatewayName],
    targets: [
      { row: ours, column: `speed ÷ ${nginxName}`, value: 0.6, better: 'more' },
      { row: ours, column: `speed ÷ ${expressGatewayName}`, value: 20, better: 'more' },
    ],
    notes: [
      'The rows do not all do the same: nginx checks no token, express-gateway counts in its Redis emulation.',
    ],
  };
}

function cachedCase(bench: GatewayBench): Comparison {
  const requests = getCached;
  const nginxName = 'nginx proxy_cache';
  return {
    name: 'cached',
    title: 'answer of 1 KiB from the cache',
    candidates: [
      nginx(bench, 'cached', requests, {
        name: nginxName,
        http: `proxy_cache_path ${join(bench.scratch, 'nginx-cache')} keys_zone=answers:10m inactive=1h;`,
        location: 'proxy_cache answers; proxy_cache_valid 200 1h;',
      }),
      isthmus(bench, requests),
    ],
    anchors: [nginxName],
    targets: [{ row: ours, column: `speed ÷ ${nginxName}`, value: 0.85, better: 'more' }],
  };
}

function routesCase(bench: GatewayBench): Comparison {
  const few = '10 operations';
  const many = '10,000 operations';
  return {
    name: 'routes',
    title: 'lookup of routes: an API of 10 and one of 10,000 operations, calls over all of them',
    candidates: [
      isthmus(bench, getRoutes(10), { name: few, operations: 10 }),
      isthmus(bench, getRoutes(10_000), { name: many, operations: 10_000 }),
    ],
    anchors: [few],
    targets: [{ row: many, column: `speed ÷ ${few}`, value: 1 / 1.1, better: 'more' }],
  };
}

function telemetryCase(bench: GatewayBench): Comparison {
  const off = 'telemetry off';
  const on = 'telemetry on';
  return {
    name: 'telemetry',
    title: 'the GET case with an access log line for each call and without',
    candidates: [
      isthmus(bench, getOrder, { name: off }),
      isthmus(bench, getOrder, { name: on, flags: ['--access-log', 'all'] }),
    ],
    anchors: [off],
    targets: [{ row: on, column: `speed ÷ ${off}`, value: 1 / 1.05, better: 'more' }],
  };
}

/** On both processors, which load and backend share: less than twice as many calls can come. */
function workersCase(bench: GatewayBench): Comparison {
  const candidate = (name: string, requests: readonly LoadRequest[], workers: number) =>
    isthmus(bench, requests, {
      name,
      flags: ['--access-log', 'off', '--workers', String(workers)],
      operations: 10,
      pinned: false,
    });
  const one = '1 worker';
  const two = '2 workers';
  return {
    name: 'workers',
    title: 'GET by one worker and by two (a process for each core), without and with a limit',
    candidates: [
      candidate(one, getRoutes(10), 1),
      candidate(two, getRoutes(10), 2),
      candidate(`${one}, the GET case`, getOrder, 1),
      candidate(`${two}, the GET case`, getOrder, 2),
    ],
    anchors: [one],
    targets: [{ row: two, column: `speed ÷ ${one}`, value: 0.9, better: 'more' }],
    notes: [
      'Speed is by processor time for each call: 1 means that a second worker costs nothing.',
      'The GET case has a limit, which the primary process counts for both workers.',
    ],
  };
}

function nginx(
  bench: GatewayBench,
  label: string,
  requests: readonly LoadRequest[],
  { name = 'nginx', http = '', location = '' } = {},
): Candidate {
  return {
    name,
    start: async () => {
      if (!hasNginx()) return withoutNginx;
      const running = await startNginx({
        name: label,
        scratch: bench.scratch,
        core: serverCore,
        http: `${upstream(bench.backendPort)} ${http}`,
        server: `location / { ${forwardToUpstream} ${location} }`,
      });
      return serverOf(running, requests);
    },
  };
}

function bareProxy(bench: GatewayBench, requests: readonly LoadRequest[]): Candidate {
  return {
    name: bare,
    start: async () =>
      serverOf(await startBareProxy(bench.backendPort, bench.scratch, serverCore), requests),
  };
}

function express(
  bench: GatewayBench,
  label: string,
  {
    requests,
    policies,
    secured = false,
  }: { requests: readonly LoadRequest[]; policies: ExpressPolicies; secured?: boolean },
): Candidate {
  return {
    name: expressGatewayName,
    start: async () => {
      if (!bench.peers) return peersOff;
      const scratch = join(bench.scratch, `express-gateway-${label}`);
      await mkdir(scratch, { recursive: true });
      const chosen = secured ? await securedPolicies(bench.tokens, scratch) : policies;
      const running = await orReason(() =>
        startExpressGateway({
          scratch,
          core: serverCore,
          backendPort: bench.backendPort,
          policies: chosen,
        }),
      );
      return typeof running === 'string' ? running : serverOf(running, requests);
    },
  };
}

async function securedPolicies(tokens: Tokens, scratch: string): Promise<ExpressPolicies> {
  const secretOrPublicKeyFile = join(scratch, 'key.pem');
  await writeFile(
    secretOrPublicKeyFile,
    tokens.publicKey.export({ type: 'spki', format: 'pem' }) as string,
  );
  return [
    { cors: { origin: 'https://portal.example', credentials: true } },
    {
      jwt: {
        ...{ secretOrPublicKeyFile, checkCredentialExistence: false, algorithms: ['RS256'] },
        ...{ issuer: tokens.issuer, audience: tokens.audience },
      },
    },
    {
      'rate-limit': {
        ...{ max: 1_000_000_000, windowMs: 60_000, delayAfter: 0, delayMs: 0 },
        rateLimitBy: '${req.user.sub}',
      },
    },
    { 'request-transformer': { headers: { add: { 'x-subject': 'req.user.sub' } } } },
  ];
}
