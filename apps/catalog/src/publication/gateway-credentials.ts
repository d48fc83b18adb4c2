import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServiceError } from '@isthmus/host';
import { signToken } from '../gateways/gateways.js';
import { Catalog } from '../resources/catalog.js';

/** Judges `Authorization: GatewayKey <key or token>`: each gateway reads with its own credential, and only its own. */
@Injectable()
export class GatewayCredentials {
  constructor(private readonly catalog: Catalog) {}

  /**
   * @throws ServiceError 401 when the credential is missing or wrong; the same for a gateway that does not exist, so
   * that nobody learns which do
   */
  async check(gateway: string, authorization: string | undefined): Promise<void> {
    const given = /^GatewayKey (\S+)$/.exec(authorization ?? '')?.[1];
    const resource = await this.catalog.store.find(`/gateways/${gateway}`);
    const secrets = resource ? this.catalog.vault.open(resource.id, resource.secrets) : {};
    const keys = [secrets['primary'], secrets['secondary']].filter((key) => key !== undefined);
    const accepted = given === undefined ? [] : keys.filter((key) => matches(gateway, given, key));
    if (accepted.length === 0)
      throw new ServiceError(
        401,
        'AuthenticationFailed',
        'The gateway credential is missing or wrong.',
      );
  }
}

function matches(gateway: string, given: string, key: string): boolean {
  if (equal(given, key)) return true;
  const [name = '', stamp = '', ...signature] = given.split('&');
  if (!/^\d{12}$/.test(stamp) || name.toLowerCase() !== gateway.toLowerCase()) return false;
  const expiry = Date.UTC(
    Number(stamp.slice(0, 4)),
    Number(stamp.slice(4, 6)) - 1,
    ...([6, 8, 10] as const).map((at) => Number(stamp.slice(at, at + 2))),
  );
  return equal(signature.join('&'), signToken(gateway, stamp, key)) && expiry > Date.now();
}

/** In constant time, whatever the lengths. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
