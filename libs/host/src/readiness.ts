import { Injectable } from '@nestjs/common';

/** Resolves when the dependency is usable, rejects with the reason otherwise. */
export type ReadinessCheck = () => Promise<void> | void;

/**
 * What `/readyz` and `/startupz` say: ready means started, not draining and every registered check
 * passing. Parts of a service register the dependencies without which a request cannot succeed.
 */
@Injectable()
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();
  #started = false;
  #draining = false;
  #url: string | undefined;

  get isStarted(): boolean {
    return this.#started;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  get checks(): ReadonlyMap<string, ReadinessCheck> {
    return this.#checks;
  }

  /** Base URL of listeners that a provider owns, for the log and for whoever started the process. */
  get announcedUrl(): string | undefined {
    return this.#url;
  }

  announce(url: string): void {
    this.#url = url;
  }

  register(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  markStarted(): void {
    this.#started = true;
  }

  startDraining(): void {
    this.#draining = true;
  }
}
