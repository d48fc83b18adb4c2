import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { guardedLookup, type EgressRules } from './egress-guard.js';

/** Connections to other services: one pool, and one for each client certificate. */
export class DispatcherPool {
  private readonly agents = new Map<string, Dispatcher>();
  /** The pool of calls without a certificate, when there is one. */
  usual: Dispatcher | undefined;

  constructor(private readonly rules: EgressRules) {}

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
    if (!certificate) this.usual = agent;
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
    this.agents.clear();
    this.usual = undefined;
  }
}
