import type { RequestUrl } from '@isthmus/policy-engine';

/** "https://host:port" of a URL, the default port left out. */
export function originOf(url: RequestUrl): string {
  const host = url.host.includes(':') && !url.host.startsWith('[') ? `[${url.host}]` : url.host;
  return `${url.scheme === 'wss' ? 'https' : url.scheme === 'ws' ? 'http' : url.scheme}://${host}${url.isDefaultPort ? '' : `:${url.port}`}`;
}
