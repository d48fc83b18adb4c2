import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Tokens } from './tokens.js';

/** Key of the subscription that the folder holds. */
export const subscriptionKey = 'bench-0123456789abcdef0123456789abcdef';

/** Policies of one scope; sections that are left out only hold `<base />`. */
interface Sections {
  readonly inbound?: string;
  readonly outbound?: string;
}

/** Writes the APIOps folder that all cases are served from. */
export async function writeApiops(
  folder: string,
  { backendPort, tokens, operations }: FolderContents,
): Promise<void> {
  const files: Record<string, string> = {
    'policy.xml': globalPolicy,
    ...productFiles,
    ...apiFiles('orders', backendPort, { policy: apiPolicy, operations: orderOperations }),
    'apis/orders/operations/get-order/policy.xml': operationPolicy,
    ...apiFiles('secured', backendPort, { policy: securedPolicy(tokens), operations: anyGet }),
    ...apiFiles('cached', backendPort, { policy: cachedPolicy, operations: anyGet }),
    ...apiFiles('wide', backendPort, {
      policy: document({}),
      operations: Array.from({ length: operations }, (_, index) => ({
        name: `op-${index}`,
        method: 'GET',
        urlTemplate: `/resource-${index}/{id}`,
      })),
    }),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

interface FolderContents {
  readonly backendPort: number;
  readonly tokens: Tokens;
  /** Operations of the API whose routes are looked up. */
  readonly operations: number;
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly urlTemplate: string;
}

const orderOperations: readonly Operation[] = [
  { name: 'get-order', method: 'GET', urlTemplate: '/customers/{customer}/orders/{order}' },
  { name: 'post-order', method: 'POST', urlTemplate: '/orders' },
];
const anyGet: readonly Operation[] = [{ name: 'get', method: 'GET', urlTemplate: '/*' }];

function apiFiles(
  name: string,
  backendPort: number,
  { policy, operations }: { readonly policy: string; readonly operations: readonly Operation[] },
): Record<string, string> {
  const api = {
    displayName: name,
    path: name,
    protocols: ['http', 'https'],
    serviceUrl: `http://127.0.0.1:${backendPort}`,
    subscriptionRequired: name === 'orders',
  };
  return {
    [`apis/${name}/apiInformation.json`]: information(api),
    [`apis/${name}/policy.xml`]: policy,
    ...Object.fromEntries(
      operations.map(({ name: operation, method, urlTemplate }) => {
        const templateParameters = [...urlTemplate.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
          name: parameter,
          type: 'string',
          required: true,
        }));
        return [
          `apis/${name}/operations/${operation}/operationInformation.json`,
          information({ displayName: operation, method, urlTemplate, templateParameters }),
        ];
      }),
    ),
  };
}

function information(properties: object): string {
  return JSON.stringify({ properties });
}

function document({ inbound = '', outbound = '' }: Sections, base = '<base />'): string {
  const section = (name: string, text: string) => `<${name}>${base}${text}</${name}>`;
  const backend = base === '' ? '<forward-request timeout="60" />' : base;
  return `<policies>${section('inbound', inbound)}<backend>${backend}</backend>${section('outbound', outbound)}<on-error>${base}</on-error></policies>`;
}

function setHeader(name: string, value: string): string {
  return `<set-header name="${name}" exists-action="override"><value>${value}</value></set-header>`;
}

// Twenty steps meet a call of orders/get-order: six here, three of the product, six of the API, five of the operation.
const globalPolicy = document(
  {
    inbound: [
      `<set-variable name="started" value="@(context.Timestamp.ToString("o"))" />`,
      setHeader('X-Request-Id', '@(context.RequestId.ToString())'),
      '<choose><when condition="@(context.Request.Method == "TRACE")"><return-response><set-status code="405" /></return-response></when></choose>',
    ].join(''),
    outbound: [
      '<set-header name="X-Powered-By" exists-action="delete" />',
      setHeader('X-Gateway', 'isthmus'),
    ].join(''),
  },
  '',
);

const productPolicy = document({
  inbound: [
    '<rate-limit-by-key calls="1000000000" renewal-period="60" counter-key="@(context.Subscription.Id)" />',
    setHeader('X-Product', '@(context.Product.Name)'),
    '<set-variable name="tier" value="unlimited" />',
  ].join(''),
});

const productFiles: Record<string, string> = {
  'products/unlimited/productInformation.json': information({
    displayName: 'Unlimited',
    subscriptionRequired: true,
    approvalRequired: false,
    state: 'published',
  }),
  'products/unlimited/apis.json': JSON.stringify([{ name: 'orders' }]),
  'products/unlimited/policy.xml': productPolicy,
  'subscriptions/bench/subscriptionInformation.json': information({
    displayName: 'Bench',
    scope: '/products/unlimited',
    state: 'active',
    primaryKey: subscriptionKey,
  }),
};

const apiPolicy = document({
  inbound: [
    '<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />',
    setHeader('X-Caller', '@(context.Subscription.Name)'),
    '<set-query-parameter name="source" exists-action="override"><value>gateway</value></set-query-parameter>',
    `<choose><when condition="@(context.Request.Headers.GetValueOrDefault("Accept", "").Contains("xml"))">${setHeader('Accept', 'application/json')}</when></choose>`,
  ].join(''),
  outbound: [
    setHeader('Cache-Control', 'no-store'),
    `<choose><when condition="@(context.Response.StatusCode >= 500)">${setHeader('Retry-After', '5')}</when></choose>`,
  ].join(''),
});

const operationPolicy = document({
  inbound: [
    '<set-variable name="order" value="@(context.Request.MatchedParameters["order"])" />',
    '<rewrite-uri template="/v2/orders/{order}" />',
    setHeader('X-Order', '@((string)context.Variables["order"])'),
  ].join(''),
  outbound: [
    setHeader('X-Order', '@((string)context.Variables["order"])'),
    setHeader('X-Elapsed', '@(context.Elapsed.TotalMilliseconds.ToString("F0"))'),
  ].join(''),
});

/** The documents of the four scopes that a call of orders/get-order meets. */
export const scopeDocuments = {
  global: globalPolicy,
  product: productPolicy,
  api: apiPolicy,
  operation: operationPolicy,
};

const cachedPolicy = document({
  inbound:
    '<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" downstream-caching-type="none" />',
  outbound: '<cache-store duration="3600" />',
});

function securedPolicy({ jwk, issuer, audience }: Tokens): string {
  return document({
    inbound: [
      '<cors allow-credentials="true"><allowed-origins><origin>https://portal.example</origin></allowed-origins><allowed-methods><method>GET</method></allowed-methods><allowed-headers><header>*</header></allowed-headers></cors>',
      `<validate-jwt header-name="Authorization" output-token-variable-name="jwt"><issuer-signing-keys><key id="bench" n="${jwk.n!}" e="${jwk.e!}" /></issuer-signing-keys><audiences><audience>${audience}</audience></audiences><issuers><issuer>${issuer}</issuer></issuers></validate-jwt>`,
      '<rate-limit-by-key calls="1000000000" renewal-period="60" counter-key="@(((Jwt)context.Variables["jwt"]).Subject)" />',
      setHeader('X-Subject', '@(((Jwt)context.Variables["jwt"]).Subject)'),
      '<set-header name="Authorization" exists-action="delete" />',
    ].join(''),
    outbound: setHeader('X-Frame-Options', 'DENY'),
  });
}
