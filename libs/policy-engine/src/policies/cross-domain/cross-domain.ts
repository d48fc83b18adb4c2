import { Headers } from '../../model/headers.js';
import { Response } from '../../model/message.js';
import { builtBody } from '../../pipeline/built-body.js';
import { definePolicy } from '../../pipeline/policy.js';
import { respond } from '../../pipeline/step.js';

/** Serves its content as `/crossdomain.xml`; other calls pass. */
export const crossDomain = definePolicy<string>({
  element: 'cross-domain',
  sections: ['inbound'],
  scopes: ['global'],
  attributes: {},
  parse(xml, report) {
    report.attributes(xml, {});
    const { 'cross-domain-policy': policy } = report.children(xml, {
      'cross-domain-policy': { least: 1, most: 1 },
    });
    return policy[0]?.outerSource ?? '';
  },
  compile(content) {
    const body = `<?xml version="1.0"?>\n${content}`;
    return (context) => {
      const { method, originalUrl } = context.request;
      if (
        originalUrl.path.toLowerCase() !== '/crossdomain.xml' ||
        (method !== 'GET' && method !== 'HEAD')
      )
        return undefined;
      context.setResponse(
        new Response(
          200,
          'OK',
          Headers.from([['Content-Type', 'text/x-cross-domain-policy']]),
          builtBody(context, body),
        ),
      );
      return respond;
    };
  },
});
