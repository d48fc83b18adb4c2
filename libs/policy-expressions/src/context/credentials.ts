import { countWork, fromBase64, readJwt, type Jwt } from '@isthmus/dotnet';

/** BasicAuthCredentials. */
export class NetCredentials {
  constructor(
    readonly userId: string,
    readonly password: string,
  ) {}
}

/** Jwt, as `AsJwt()` gives it: read, not verified. */
export class NetJwt {
  constructor(readonly jwt: Jwt) {}
}

/** Authorization, as get-authorization-context stores it. */
export class NetAuthorization {
  constructor(
    readonly accessToken: string,
    readonly claims: Readonly<Record<string, unknown>>,
  ) {}
}

/** `Basic base64(user:password)`, scheme in any case, UTF-8, split at the first colon; null for anything else. */
export function readBasic(text: string | null): NetCredentials | null {
  const match = /^\s*basic\s+(\S+)\s*$/i.exec(text ?? '');
  if (match === null) return null;
  try {
    const decoded = new TextDecoder().decode(fromBase64(match[1]!));
    const colon = decoded.indexOf(':');
    return colon < 0 ? null : new NetCredentials(decoded.slice(0, colon), decoded.slice(colon + 1));
  } catch {
    return null;
  }
}

/** What reading a token costs of a budget of steps, beside its length. */
const stepsOfToken = 40;

/** A token with or without `Bearer `; null when it is none. */
export function readBearer(text: string | null): NetJwt | null {
  if (text === null) return null;
  countWork(stepsOfToken + (text.length >> 3));
  try {
    return new NetJwt(readJwt(text.trim().replace(/^bearer\s+/i, '')));
  } catch {
    return null;
  }
}
