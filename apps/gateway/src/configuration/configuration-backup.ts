import { createHash, createHmac } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceConfiguration } from './compile-gateway.js';

/** Generations that are kept. */
const generations = 3;

/** Layout of the files; another layout is left alone. */
const schema = 1;

/** What a backup could not do, for the log. */
export type TellBackup = (problem: string, details: Readonly<Record<string, unknown>>) => void;

/**
 * The last good configurations on disk: a gateway starts from the newest that is whole, so it needs
 * no catalog to start. Each file carries the SHA-256 of its content (an HMAC where a secret is set);
 * a truncated or changed file is passed over for the generation before.
 */
export class ConfigurationBackup {
  readonly #folder: string;
  readonly #secret: string | undefined;
  readonly #tell: TellBackup;
  /** Signature of what was written or read last. */
  #last: string | undefined;

  constructor(folder: string, secret: string | undefined, tell: TellBackup) {
    this.#folder = folder;
    this.#secret = secret;
    this.#tell = tell;
  }

  /** Writes a generation and removes the oldest. A disk that cannot be written is told, never thrown. */
  async save(configuration: SourceConfiguration): Promise<void> {
    try {
      const { revision, resources } = configuration;
      const content = JSON.stringify({ schema, revision, resources });
      const signature = this.#sign(content);
      if (signature === this.#last) return;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const files = await this.#files();
      const number = Number(/(\d+)\.json$/.exec(files[0] ?? '')?.[1] ?? 0) + 1;
      const name = `configuration-${String(number).padStart(12, '0')}.json`;
      const temporary = join(this.#folder, `.${name}.${process.pid}`);
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(`${signature}\n${content}`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(this.#folder, name));
      this.#last = signature;
      for (const old of files.slice(generations - 1)) await unlink(join(this.#folder, old));
    } catch (error) {
      this.#tell('the configuration could not be kept on disk', { error: String(error) });
    }
  }

  /** The newest generation that is whole, or undefined. */
  async load(): Promise<SourceConfiguration | undefined> {
    for (const name of await this.#files()) {
      const configuration = await this.#read(name);
      if (configuration) return configuration;
    }
    return undefined;
  }

  async #read(name: string): Promise<SourceConfiguration | undefined> {
    try {
      const text = await readFile(join(this.#folder, name), 'utf8');
      const end = text.indexOf('\n');
      const content = text.slice(end + 1);
      if (end < 0 || text.slice(0, end) !== this.#sign(content))
        throw new Error('its checksum is wrong');
      const value = JSON.parse(content) as SourceConfiguration & { schema: number };
      if (value.schema !== schema) throw new Error(`it has layout ${value.schema}`);
      this.#last = text.slice(0, end);
      return { revision: value.revision, resources: value.resources };
    } catch (error) {
      this.#tell('a kept configuration is not usable', { file: name, error: String(error) });
      return undefined;
    }
  }

  /** Newest first. */
  async #files(): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      return names
        .filter((name) => /^configuration-\d+\.json$/.test(name))
        .sort()
        .reverse();
    } catch {
      return [];
    }
  }

  #sign(content: string): string {
    return this.#secret === undefined
      ? `sha256:${createHash('sha256').update(content).digest('hex')}`
      : `hmac-sha256:${createHmac('sha256', this.#secret).update(content).digest('hex')}`;
  }
}
