import { createHmac } from 'node:crypto';
import { Body, Headers } from '@isthmus/policy-engine';
import type { Http, Tokens } from '@isthmus/policy-engine';
import type { Access, Namespace } from './connection-string.js';

/** A POST to an entity of a namespace. */
export interface MessagePost {
  readonly namespace: Namespace;
  /** Path of the queue, topic or event hub; `hub/partitions/0` for a partition. */
  readonly entity: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whose tokens the entity takes: `https://servicebus.azure.net` or `https://eventhubs.azure.net`. */
  readonly audience: string;
  /** Where the service listens, in place of the namespace's own address. */
  readonly endpoint: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Content type of a batch: an array of `{Body, BrokerProperties, UserProperties}`. */
export const batchType = 'application/vnd.microsoft.servicebus.json';

const tokenSeconds = 3600;

/** The REST interface that Service Bus and Event Hubs share: `POST https://{namespace}/{entity}/messages`. */
export class MessagingClient {
  readonly #http: Http;
  readonly #tokens: Pick<Tokens, 'managedIdentity'>;
  readonly #now: () => number;
  readonly #signed = new WeakMap<Access, { token: string; uri: string; until: number }>();

  constructor(http: Http, tokens: Pick<Tokens, 'managedIdentity'>, now: () => number) {
    this.#http = http;
    this.#tokens = tokens;
    this.#now = now;
  }

  /** The status of the answer; rejects when there is none, or no token. */
  async post(post: MessagePost): Promise<number> {
    const { namespace, audience, endpoint, timeout } = post;
    const path = post.entity.split('/').map(encodeURIComponent).join('/');
    const authorization = await this.#authorization(
      `${namespace.origin.replace(/^http:/, 'https:')}/${path}`,
      namespace.access,
      audience,
    );
    const base = (endpoint ?? namespace.origin).replace(/\/+$/, '');
    const response = await this.#http.send({
      method: 'POST',
      url: `${base}/${path}/messages?timeout=60&api-version=2014-01`,
      headers: Headers.from([
        ['Authorization', authorization],
        ['Content-Type', post.contentType],
        ...Object.entries(post.headers ?? {}),
      ]),
      body: Body.fromText(post.body),
      timeout,
    });
    return response.statusCode;
  }

  #authorization(uri: string, access: Access, audience: string): string | Promise<string> {
    switch (access.kind) {
      case 'signature':
        return access.signature;
      case 'key':
        return this.#sign(uri, access);
      case 'identity': {
        const token = this.#tokens.managedIdentity(audience, access.clientId);
        return typeof token === 'string' ? `Bearer ${token}` : token.then((one) => `Bearer ${one}`);
      }
    }
  }

  /** A shared access signature, used until half of its life is over. */
  #sign(uri: string, access: Access & { readonly kind: 'key' }): string {
    const seconds = Math.floor(this.#now() / 1000);
    const known = this.#signed.get(access);
    if (known?.uri === uri && known.until > seconds) return known.token;
    const token = sharedAccessSignature(uri, access, seconds + tokenSeconds);
    this.#signed.set(access, { token, uri, until: seconds + tokenSeconds / 2 });
    return token;
  }
}

/** `SharedAccessSignature sr=…&sig=…&se=…&skn=…`; `expires` in seconds since 1970. */
export function sharedAccessSignature(
  uri: string,
  { keyName, key }: { readonly keyName: string; readonly key: string },
  expires: number,
): string {
  const resource = encodeURIComponent(uri);
  const signature = createHmac('sha256', key).update(`${resource}\n${expires}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expires}&skn=${encodeURIComponent(keyName)}`;
}
