import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Secret members of a resource by name. */
export type Secrets = Readonly<Record<string, string>>;

/** Seals secrets for the store: AES-256-GCM under one key of the service, bound to the resource's id. */
export class Vault {
  readonly #key: Buffer;

  /** @param key 32 bytes */
  constructor(key: Buffer) {
    if (key.length !== 32) throw new Error('the secret key of the catalog must be 32 bytes long');
    this.#key = key;
  }

  /** A signature of a text that the catalog will know again, in base64url. */
  sign(text: string): string {
    const key = createHmac('sha256', this.#key).update('signatures').digest();
    return createHmac('sha256', key).update(text).digest('base64url');
  }

  /** Whether a signature is the text's; compared in constant time. */
  isSigned(text: string, signature: string): boolean {
    const [own, given] = [Buffer.from(this.sign(text)), Buffer.from(signature)];
    return own.length === given.length && timingSafeEqual(own, given);
  }

  seal(id: string, secrets: Secrets): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(id.toLowerCase()));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed under another key or for another resource */
  open(id: string, sealed: Buffer | undefined): Secrets {
    if (!sealed) return {};
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, 13));
    decipher.setAAD(Buffer.from(id.toLowerCase()));
    decipher.setAuthTag(sealed.subarray(13, 29));
    try {
      const text = Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as Secrets;
    } catch (cause) {
      throw new Error(
        `the secrets of ${id} were sealed under another key than the one in the settings`,
        {
          cause,
        },
      );
    }
  }
}
