import type { Cache, CachedValue, CachingType } from '@isthmus/policy-engine';

/** The cache as a workspace sees it: its keys are its own, whatever names the service or other workspaces use. */
export class WorkspaceCache implements Cache {
  /** `workspace`: its resource id. */
  constructor(
    private readonly cache: Cache,
    private readonly workspace: string,
  ) {}

  get(key: string, type: CachingType): ReturnType<Cache['get']> {
    return this.cache.get(this.#own(key), type);
  }

  set(key: string, value: CachedValue, duration: number, type: CachingType): void | Promise<void> {
    return this.cache.set(this.#own(key), value, duration, type);
  }

  remove(key: string, type: CachingType): void | Promise<void> {
    return this.cache.remove(this.#own(key), type);
  }

  #own(key: string): string {
    return `${this.workspace.toLowerCase()}\0${key}`;
  }
}
