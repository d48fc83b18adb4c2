import { Query } from '../../model/query.js';
import { RequestUrl } from '../../model/request-url.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { ValueSource } from '../../values/value-source.js';

/**
 * Where a resolver's request goes. Behind set-backend-service the path and query alone count (the URL may then be
 * relative), since the backend says the host.
 */
export const setUrl = definePolicy<ValueSource<string>>({
  element: 'set-url',
  sections: ['inbound'],
  attributes: {},
  parse(xml, report) {
    report.attributes(xml, {});
    return report.text(xml);
  },
  compile(config, compiler) {
    const url = compiler.value(config);
    return (context) => {
      const text = url.evaluate(context).trim();
      const wanted = parse(text, context.target.kind !== 'service');
      const now = context.request.url;
      if (context.target.kind === 'service') {
        now.setBase({ scheme: wanted.scheme, host: wanted.host, port: wanted.port, path: '' });
        context.target = { kind: 'url', url: text };
      }
      now.resourcePath = wanted.resourcePath;
      now.query = wanted.query;
    };
  },
});

function parse(text: string, mayBeRelative: boolean): RequestUrl {
  if (mayBeRelative && text.startsWith('/')) {
    const question = text.indexOf('?');
    const path = question < 0 ? text : text.slice(0, question);
    const query = new Query(question < 0 ? '' : text.slice(question));
    return new RequestUrl({ scheme: 'http', host: '', port: 80, path: '' }, path, query);
  }
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    throw new PolicyError('UriInvalid', `Invalid URI: The URI '${text}' is not absolute.`);
  return RequestUrl.parse(text);
}
