import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import type { ProxyInfo } from '../../ports/http.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = { url: text({ required: true }), username: text(), password: text() };

type Config = ParsedAttributes<typeof attributes>;

function parse(xml: PolicyElement, report: Report): Config {
  report.empty(xml);
  return report.attributes(xml, attributes);
}

function compileProxy(
  config: Config,
  compiler: PolicyCompiler,
): (context: PolicyContext) => ProxyInfo {
  const url = compiler.value(config.url);
  const username = compiler.value(config.username);
  const password = compiler.value(config.password);
  return (context) => {
    const user = username?.evaluate(context);
    const secret = password?.evaluate(context);
    return {
      url: url.evaluate(context),
      ...(user === undefined ? {} : { username: user }),
      ...(secret === undefined ? {} : { password: secret }),
    };
  };
}

/** The same inside send-request. */
export function proxyParts(
  xml: PolicyElement,
  report: Report,
): (
  compiler: PolicyCompiler,
) => (context: PolicyContext, target: { proxy: ProxyInfo | undefined }) => void {
  const config = parse(xml, report);
  return (compiler) => {
    const make = compileProxy(config, compiler);
    return (context, target) => {
      target.proxy = make(context);
    };
  };
}

/** Sends the request to the backend through an HTTP proxy. */
export const proxy = definePolicy<Config>({
  element: 'proxy',
  sections: ['inbound'],
  attributes,
  support: { level: 'partial', how: 'Basic credentials; NTLM is not offered to the proxy' },
  parse,
  compile(config, compiler) {
    const make = compileProxy(config, compiler);
    return (context) => {
      context.proxy = make(context);
    };
  },
});
