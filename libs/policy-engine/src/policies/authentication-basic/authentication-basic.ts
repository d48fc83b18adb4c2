import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { Headers } from '../../model/headers.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = { username: text({ required: true }), password: text({ required: true }) };

type Config = ParsedAttributes<typeof attributes>;

function parse(xml: PolicyElement, report: Report): Config {
  report.empty(xml);
  return report.attributes(xml, attributes);
}

function compileChange(
  config: Config,
  compiler: PolicyCompiler,
): (context: PolicyContext, target: { headers: Headers }) => void {
  const username = compiler.value(config.username);
  const password = compiler.value(config.password);
  return (context, target) => {
    const credentials = Buffer.from(
      `${username.evaluate(context)}:${password.evaluate(context)}`,
      'utf8',
    );
    target.headers.set('Authorization', `Basic ${credentials.toString('base64')}`);
  };
}

/** The same inside send-request. */
export function authenticationBasicParts(
  xml: PolicyElement,
  report: Report,
): (compiler: PolicyCompiler) => (context: PolicyContext, target: { headers: Headers }) => void {
  const config = parse(xml, report);
  return (compiler) => compileChange(config, compiler);
}

/** Basic credentials for the backend. */
export const authenticationBasic = definePolicy<Config>({
  element: 'authentication-basic',
  sections: ['inbound'],
  attributes,
  parse,
  compile(config, compiler) {
    const change = compileChange(config, compiler);
    return (context) => change(context, context.request);
  },
});
