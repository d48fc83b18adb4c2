import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The key under which secrets are sealed: the setting (32 bytes in base64), or in development a file that is made at
 * the first start.
 * @throws Error with a sentence for the operator when there is none
 */
export async function loadSecretKey(options: {
  readonly secretKey: string | undefined;
  readonly file: string;
  readonly environment: string;
}): Promise<Buffer> {
  const { secretKey, file, environment } = options;
  if (secretKey !== undefined) return decodeKey(secretKey, 'the setting secretKey');
  if (environment === 'production')
    throw new Error(
      'The setting secretKey (ISTHMUS_SECRET_KEY) is required in production: 32 random bytes in base64.',
    );
  await mkdir(dirname(file), { recursive: true });
  // `wx`: of several processes that start at once one makes the key, all read it.
  await writeFile(file, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return decodeKey((await readFile(file, 'utf8')).trim(), file);
}

function decodeKey(text: string, origin: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw new Error(`${origin} must be 32 bytes in base64`);
  return key;
}
