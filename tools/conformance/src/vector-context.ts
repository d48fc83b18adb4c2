import { createPrivateKey } from 'node:crypto';
import type {
  CertificateView,
  ExpressionContext,
  MessageBody,
  NameValues,
  ResponseView,
  UrlView,
} from '@isthmus/policy-expressions';

type Json = Record<string, unknown>;

/** Names without regard to case, as headers and query parameters are looked up. */
class Names implements NameValues {
  private readonly entries = new Map<string, { name: string; values: string[] }>();

  add(name: string, values: readonly string[]): void {
    const key = name.toLowerCase();
    const entry = this.entries.get(key);
    if (entry === undefined) this.entries.set(key, { name, values: [...values] });
    else entry.values.push(...values);
  }

  set(name: string, values: readonly string[]): void {
    this.entries.delete(name.toLowerCase());
    this.add(name, values);
  }

  get(name: string): readonly string[] | undefined {
    return this.entries.get(name.toLowerCase())?.values;
  }

  *names(): Iterable<string> {
    for (const entry of this.entries.values()) yield entry.name;
  }
}

const list = (value: unknown): string[] =>
  Array.isArray(value) ? (value as string[]) : [String(value)];

function headersOf(headers: unknown, extra: unknown): NameValues {
  const names = new Names();
  for (const [name, values] of Object.entries((headers ?? {}) as Json))
    names.add(name, list(values));
  for (const [name, values] of Object.entries((extra ?? {}) as Json)) names.set(name, list(values));
  return names;
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

function urlOf(text: string): UrlView {
  const url = new URL(text);
  const query = new Names();
  for (const part of url.search.slice(1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    query.add(decode(equals < 0 ? part : part.slice(0, equals)), [
      equals < 0 ? '' : decode(part.slice(equals + 1)),
    ]);
  }
  const scheme = url.protocol.slice(0, -1);
  return {
    scheme,
    host: url.hostname,
    port: url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    path: decode(url.pathname.replaceAll('+', '%2B')),
    queryString: url.search,
    query,
  };
}

function bodyOf(body: unknown): MessageBody | null {
  if (body === null || body === undefined) return null;
  return { bytes: new TextEncoder().encode(body as string), consumed: false };
}

export function responseOf(response: Json, extra?: Json): ResponseView {
  const merged = { ...response, ...extra };
  return {
    statusCode: Number(merged['statusCode']),
    statusReason: (merged['statusReason'] as string | undefined) ?? '',
    headers: headersOf(response['headers'], extra?.['headers']),
    body: bodyOf(merged['body']),
  };
}

const epochTicks = 621_355_968_000_000_000n;

/** UTC ticks of an ISO time with up to seven fraction digits. */
export function ticksOf(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace(/Z$/, '').split('.');
  return (
    epochTicks +
    BigInt(Date.parse(`${whole}Z`)) * 10_000n +
    BigInt(fraction.padEnd(7, '0').slice(0, 7) || '0')
  );
}

const optionalTicks = (value: unknown): bigint | null =>
  value === null || value === undefined ? null : ticksOf(value as string);

function elapsedTicks(text: string): bigint {
  const match = /^(\d+):(\d+):(\d+)(?:\.(\d{7}))?$/.exec(text)!;
  return (
    (BigInt(match[1]!) * 3600n + BigInt(match[2]!) * 60n + BigInt(match[3]!)) * 10_000_000n +
    BigInt(match[4] ?? '0')
  );
}

function certificatesOf(fixtures: Json): ReadonlyMap<string, CertificateView> {
  const keys = Object.values((fixtures['keys'] ?? {}) as Json);
  const map = new Map<string, CertificateView>();
  for (const [name, der] of Object.entries((fixtures['certificates'] ?? {}) as Json)) {
    const key =
      keys[0] === undefined
        ? null
        : createPrivateKey({ key: keys[0] as Record<string, string>, format: 'jwk' });
    map.set(name, {
      certificate: Uint8Array.from(Buffer.from(String(der), 'base64')),
      privateKey:
        key === null ? null : new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })),
    });
  }
  return map;
}

function apiOf(api: Json): ExpressionContext['api'] & object {
  const text = (name: string): string => (api[name] as string | undefined) ?? '';
  return {
    id: text('id'),
    name: text('name'),
    path: text('path'),
    protocols: (api['protocols'] as string[] | undefined) ?? ['https'],
    serviceUrl: typeof api['serviceUrl'] === 'string' ? urlOf(api['serviceUrl']) : null,
    subscriptionKeyParameterNames: {
      header: 'Ocp-Apim-Subscription-Key',
      query: 'subscription-key',
    },
    isCurrentRevision: api['isCurrentRevision'] !== false,
    revision: text('revision'),
    version: (api['version'] as string | null) ?? null,
  };
}

function servicesOf(
  source: Json,
): Pick<ExpressionContext, 'api' | 'backend' | 'product' | 'subscription' | 'user'> {
  const product = source['product'] as Json | null;
  const subscription = source['subscription'] as Json | null;
  const user = source['user'] as Json | null;
  return {
    api: source['api'] == null ? null : apiOf(source['api'] as Json),
    backend: (source['backend'] as ExpressionContext['backend']) ?? null,
    product:
      product &&
      ({
        ...product,
        apis: ((product['apis'] as Json[]) ?? []).map(apiOf),
      } as unknown as ExpressionContext['product']),
    subscription:
      subscription &&
      ({
        ...subscription,
        createdDate: ticksOf(String(subscription['createdDate'])),
        startDate: optionalTicks(subscription['startDate']),
        endDate: optionalTicks(subscription['endDate']),
      } as unknown as ExpressionContext['subscription']),
    user:
      user &&
      ({
        ...user,
        registrationDate: ticksOf(String(user['registrationDate'])),
      } as unknown as ExpressionContext['user']),
  };
}

/** The context of a vector: built anew for each line, because a body is read once. */
export function contextOf(
  fixtures: Json,
  source: Json,
  extra: Json,
  variables: ReadonlyMap<string, unknown>,
): ExpressionContext {
  const request = source['request'] as Json;
  const changes = (extra['request'] ?? {}) as Json;
  const merged = { ...request, ...changes };
  const deployment = source['deployment'] as Json;
  const response = source['response'] as Json | null;
  const more = extra['response'] as Json | undefined;
  return {
    ...servicesOf(source),
    deployment: {
      ...deployment,
      isManaged: true,
      certificates: certificatesOf(fixtures),
      carbonIntensity: null,
    } as unknown as ExpressionContext['deployment'],
    elapsed: elapsedTicks(String(source['elapsed'])),
    graphql: null,
    lastError: (source['lastError'] as ExpressionContext['lastError']) ?? null,
    operation: (source['operation'] as ExpressionContext['operation']) ?? null,
    request: {
      method: String(merged['method']),
      url: urlOf(String(merged['url'])),
      originalUrl: urlOf(String(merged['originalUrl'])),
      headers: headersOf(request['headers'], changes['headers']),
      body: bodyOf(merged['body']),
      ipAddress: String(merged['ipAddress']),
      matchedParameters: new Map(
        Object.entries((merged['matchedParameters'] ?? {}) as Record<string, string>),
      ),
      certificate: null,
    },
    requestId: String(source['requestId']),
    response:
      response || more
        ? responseOf(
            response ?? { statusCode: 200, statusReason: 'OK', headers: {}, body: null },
            more,
          )
        : null,
    timestamp: ticksOf(String(source['timestamp'])),
    tracing: source['tracing'] === true,
    variables,
    workspace: (source['workspace'] as ExpressionContext['workspace']) ?? null,
    trace: () => undefined,
  };
}
