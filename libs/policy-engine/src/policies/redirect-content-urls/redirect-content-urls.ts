import { builtBody } from '../../pipeline/built-body.js';
import { replaceBody } from '../../model/message.js';
import type { RequestUrl } from '../../model/request-url.js';
import { definePolicy } from '../../pipeline/policy.js';

/** Rewrites links in the body: to the gateway in outbound, to the backend in inbound. */
export const redirectContentUrls = definePolicy<undefined>({
  element: 'redirect-content-urls',
  sections: ['inbound', 'outbound'],
  attributes: {},
  parse(xml, report) {
    report.attributes(xml, {});
    report.empty(xml);
    return undefined;
  },
  compile(_config, compiler) {
    compiler.needsMessageBody();
    return (context) => {
      const message = compiler.onResponse ? context.response : context.request;
      if (!message?.body) return;
      const gateway = origins(context.request.originalUrl, context.frontPath);
      const backend = origins(context.request.url, context.request.url.basePath);
      const [from, to] = compiler.onResponse ? [backend, gateway[0]!] : [gateway, backend[0]!];
      const content = message.body.text;
      const changed = replaceLinks(content, from, to);
      if (changed !== content) replaceBody(message, builtBody(context, changed));
    };
  },
});

/** The base address, as usual and with an explicit default port. */
function origins(url: RequestUrl, path: string): string[] {
  const base = path.replace(/\/$/, '');
  const explicit = `${url.scheme}://${url.host}:${url.port}${base}`;
  return url.isDefaultPort ? [`${url.scheme}://${url.host}${base}`, explicit] : [explicit];
}

function replaceLinks(text: string, from: readonly string[], to: string): string {
  let result = text;
  for (const base of from) {
    const pattern = new RegExp(
      `${base.replace(/[.*+?^${'$'}{}()|[\]\\]/g, '\\$&')}(?![\\w.:-])`,
      'gi',
    );
    result = result.replace(pattern, () => to);
  }
  return result;
}
