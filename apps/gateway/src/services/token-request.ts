import { Body, Headers } from '@isthmus/policy-engine';
import type { Http } from '@isthmus/policy-engine';

/** What a token endpoint gave. */
export interface IssuedToken {
  readonly token: string;
  /** How long it holds. */
  readonly seconds: number;
  readonly refreshToken: string | undefined;
}

/**
 * Asks a token endpoint (RFC 6749 section 4.4 or 6).
 * @throws Error with its status and error code when it gives no token; never with what was sent
 */
export async function requestToken(
  http: Http,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<IssuedToken> {
  const response = await http.send({
    method: 'POST',
    url,
    headers: Headers.from([
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Accept', 'application/json'],
    ]),
    body: Body.fromText(new URLSearchParams(fields).toString()),
    timeout: 10_000,
  });
  const answer = members(response.body?.text ?? '');
  const { access_token: token, expires_in: seconds, refresh_token: refreshToken, error } = answer;
  if (response.statusCode !== 200 || typeof token !== 'string') {
    const reason = typeof error === 'string' ? `: ${error.slice(0, 100)}` : '';
    throw new Error(`The token endpoint answered ${response.statusCode}${reason}.`);
  }
  return {
    token,
    seconds: Number.isFinite(Number(seconds)) ? Number(seconds ?? 300) : 300,
    refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined,
  };
}

function members(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
