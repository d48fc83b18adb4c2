import { createHash } from 'node:crypto';
import type { Http1Client } from '@isthmus/http1';
import type { Dispatcher } from 'undici';
import { plainClient } from './collect-plain-response.js';
import { guardedLookup, type EgressRules } from './egress-guard.js';

/** Connections to other services: plain ones, and those of undici, apart for each client certificate. */
export class DispatcherPool {
  private readonly agents = new Map<string, Dispatcher>();
  readonly plain: Http1Client;

  constructor(private readonly rules: EgressRules) {
    this.plain = plainClient(rules);
  }

  async get(certificate?: { pfx: Buffer; password: string }): Promise<Dispatcher> {
    const key = certificate
      ? createHash('sha256').update(certificate.pfx).update(certificate.password).digest('hex')
      : '';
    const known = this.agents.get(key);
    if (known) return known;
    const { Agent } = await import('undici');
    const agent = new Agent({
      connect: {
        lookup: guardedLookup(this.rules),
        ...(certificate && { pfx: certificate.pfx, passphrase: certificate.password }),
      },
      allowH2: false,
    });
    this.agents.set(key, agent);
    return agent;
  }

  async close(): Promise<void> {
    this.plain.close();
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
    this.agents.clear();
  }
}
