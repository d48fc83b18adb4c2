import { readFile } from 'node:fs/promises';

/** @throws Error that names the file when it is no JSON object of texts. */
export async function readAppSettings(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const value = JSON.parse(await readFile(path, 'utf8')) as unknown;
  const isTexts =
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string');
  if (!isTexts) throw new Error(`${path} must be a JSON object of texts`);
  return value as Record<string, string>;
}
