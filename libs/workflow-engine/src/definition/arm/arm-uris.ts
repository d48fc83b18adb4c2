import {
  isObject,
  memberOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { ArmTemplateError } from './arm-error.js';

function parsed(text: string, base?: string): URL {
  const url = URL.parse(text, base);
  if (url === null)
    throw new ArmTemplateError(
      base === undefined
        ? `'${text}' is not a URI.`
        : `'${text}' cannot be combined with the base URI '${base}'.`,
    );
  return url;
}

/** `uri(base, relative)`; a text that stands in for an unknown address joins what follows it. */
export function joinedUri(base: string, relative: string): string {
  return parsed(relative, base).href;
}

/** `parseUri`: scheme, host, port, path and query of an address. */
export function parseUri(text: string): WorkflowObject {
  const url = parsed(text);
  return {
    scheme: url.protocol.slice(0, -1),
    host: url.hostname,
    ...(url.port !== '' && { port: Number(url.port) }),
    path: url.pathname,
    ...(url.search !== '' && { query: url.search }),
  };
}

/** `buildUri`: the address of such parts. */
export function buildUri(parts: WorkflowValue): string {
  if (!isObject(parts)) throw new ArmTemplateError('buildUri needs an object with the parts.');
  const part = (name: string): string => textOf(memberOf(parts, name) ?? null);
  const prefixed = (mark: string, text: string): string =>
    text === '' || text.startsWith(mark) ? text : mark + text;
  return `${part('scheme') || 'https'}://${part('host')}${prefixed(':', part('port'))}${prefixed('/', part('path'))}${prefixed('?', part('query'))}`;
}
