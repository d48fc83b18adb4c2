import { Injectable, ServiceUnavailableException, UnauthorizedException } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Passport } from 'passport';
// The strategy alone: the package's index also loads its browser sign-in, 15 MB that no service needs.
import BearerStrategy from 'passport-azure-ad/lib/bearerstrategy.js';
import { principalOf, type Claims, type Principal } from './principal.js';
import { SigningKeys, type KeyView } from './signing-keys.js';

/** Whose tokens a service accepts. */
export interface EntraOptions {
  /** The `iss` of its tokens, `https://login.microsoftonline.com/<tenant>/v2.0`. */
  readonly issuer: string;
  /** Tenant ids (`tid`) that are let in. */
  readonly tenants: readonly string[];
  /** The `aud` values of tokens meant for this product: application id URI or client id. */
  readonly audience: readonly string[];
  /** Default `<issuer>/.well-known/openid-configuration`. */
  readonly metadataUrl?: string | undefined;
  /** Lets a development provider be reached by plain http; default false. */
  readonly allowHttp?: boolean | undefined;
  /** See {@link SigningKeys}; for tests. */
  readonly keys?: SigningKeys | undefined;
}

/** The part of an HTTP request that authentication looks at; Node's and Express's requests have it. */
export interface BearerRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly headersDistinct?: NodeJS.Dict<string[]>;
}

/** The prototype methods of the library's strategy that are overridden or called here; its types do not show them. */
interface BareStrategy {
  authenticate(request: object, options?: object): void;
  loadMetadata(
    parameters: object,
    next: (error: unknown, metadata?: KeyView & { issuer?: string }) => void,
  ): void;
  success(user: unknown): void;
  fail(reason: unknown, status?: number): void;
  error(error: unknown): void;
}

interface StrategySettings {
  readonly options: EntraOptions;
  readonly keys: SigningKeys;
}

const LibraryStrategy = BearerStrategy as unknown as new (
  options: object,
  verify: unknown,
) => BareStrategy;

const longestToken = 16 * 1024;

/**
 * passport-azure-ad's BearerStrategy with its two weak seams replaced: what it lets in (`authenticate`) and where keys
 * and algorithms come from (`loadMetadata`). It still verifies signature, issuer, audience and expiry.
 */
class GuardedBearer extends LibraryStrategy {
  declare readonly keys: SigningKeys;
  declare keyId: string;

  constructor({ options, keys }: StrategySettings, verify: unknown) {
    super(
      {
        // Never fetched: loadMetadata is ours. The library insists on an https address.
        identityMetadata: 'https://entra.invalid/.well-known/openid-configuration',
        clientID: options.audience[0],
        audience: [...options.audience],
        issuer: [options.issuer],
        validateIssuer: true,
        passReqToCallback: false,
        clockSkew: 60,
        loggingLevel: 'fatal',
        loggingNoPII: true,
      },
      verify,
    );
    (this as { keys: SigningKeys }).keys = keys;
  }

  override authenticate(request: BearerRequest, options?: object): void {
    const header = tokenHeader(request);
    if (!header) return this.fail('bearer token missing or malformed');
    const { alg, typ, kid, x5t, crit } = header;
    if (alg !== 'RS256' || typ !== 'JWT' || crit !== undefined)
      return this.fail('unsupported token header');
    // The library looks a key up by x5t first: another value there would choose another key.
    if (typeof kid !== 'string' || kid === '' || (x5t !== undefined && x5t !== kid))
      return this.fail('token names no key');
    this.keyId = kid;
    // Only the header goes on: the library would also take a token from the body.
    super.authenticate({ headers: { authorization: request.headers['authorization'] } }, options);
  }

  override loadMetadata(
    _parameters: object,
    next: (error: unknown, metadata?: KeyView) => void,
  ): void {
    this.keys.view(this.keyId).then(
      (view) => next(null, view),
      (cause: unknown) =>
        this.error(
          new ServiceUnavailableException('The identity provider cannot be reached.', { cause }),
        ),
    );
  }
}

/** The JOSE header of the one bearer token of a request. */
function tokenHeader(request: BearerRequest): Record<string, unknown> | undefined {
  if ((request.headersDistinct?.['authorization']?.length ?? 1) !== 1) return undefined;
  const value = request.headers['authorization'];
  if (typeof value !== 'string' || value.length > longestToken) return undefined;
  const match = /^Bearer ([\w-]+)\.[\w-]+\.[\w-]+$/i.exec(value);
  if (!match) return undefined;
  try {
    const header: unknown = JSON.parse(Buffer.from(match[1]!, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null
      ? (header as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

type NestStrategy = BareStrategy & { name: string };

/** The strategy `entra` of management APIs; {@link EntraStrategy.principal} judges one request. */
@Injectable()
export class EntraStrategy extends PassportStrategy(
  GuardedBearer as unknown as new (settings: StrategySettings) => NestStrategy,
  'entra',
) {
  readonly #options: EntraOptions;

  constructor(options: EntraOptions) {
    const keys =
      options.keys ??
      new SigningKeys({
        metadataUrl:
          options.metadataUrl ??
          `${options.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        allowHttp: options.allowHttp ?? false,
      });
    super({ options, keys });
    this.#options = options;
  }

  /** Own registry instead of the process-wide one, where two applications would overwrite each other's strategy. */
  getPassportInstance(): InstanceType<typeof Passport> {
    return new Passport();
  }

  /** Called by the library with the claims of a token that it verified. */
  validate(claims: Claims): Principal {
    const principal = principalOf(claims, this.#options.tenants);
    if (!principal) throw new UnauthorizedException();
    return principal;
  }

  /**
   * Who sends the request.
   * @throws UnauthorizedException without a valid token, with no hint at what is wrong with it
   * @throws ServiceUnavailableException when it cannot be judged because the provider is away
   */
  principal(request: BearerRequest): Promise<Principal> {
    return new Promise((resolve, reject) => {
      // As passport does it: one object a request, on which the outcome methods are set.
      const attempt = Object.create(this) as NestStrategy;
      attempt.success = (user) => resolve(user as Principal);
      attempt.fail = () => reject(unauthorized());
      attempt.error = (error) =>
        reject(error instanceof UnauthorizedException ? unauthorized() : error);
      attempt.authenticate(request);
    });
  }
}

function unauthorized(): UnauthorizedException {
  return new UnauthorizedException(
    'Authentication failed. The access token is missing or not valid for this service.',
  );
}
