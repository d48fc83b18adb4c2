import { Injectable } from '@nestjs/common';
import { ServiceError } from '@isthmus/host';

const longestDocument = 10 * 1024 * 1024;

/** Fetches documents named by URL (`openapi-link`, `rawxml-link`), from listed hosts only. */
@Injectable()
export class LinkReader {
  /** @param hosts `host` or `host:port` as they stand in the URL; empty: nothing is fetched */
  constructor(private readonly hosts: readonly string[]) {}

  /**
   * The text behind a link. Redirects are not followed: they could lead to a host that is not listed.
   * @throws ServiceError 400 when the host is not listed or the document cannot be had
   */
  async read(link: string): Promise<string> {
    const url = URL.canParse(link) ? new URL(link) : undefined;
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password)
      throw invalid(`'${link.slice(0, 200)}' is no http or https URL.`);
    if (!this.hosts.includes(url.host))
      throw invalid(
        `The host '${url.host}' is not among those that the setting importHosts lists.`,
      );
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(15_000) });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      return await readCapped(response);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw invalid(`'${url.origin}${url.pathname}' could not be read: ${reason}`);
    }
  }
}

async function readCapped(response: globalThis.Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > longestDocument) throw new Error(`it is longer than ${longestDocument} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'ValidationError', message, [{ target: 'value', message }]);
}
