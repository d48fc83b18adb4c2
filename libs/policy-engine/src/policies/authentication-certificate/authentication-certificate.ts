import { createHash } from 'node:crypto';
import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { CertificateInfo } from '../../model/entities.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { anyValue, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  thumbprint: text(),
  'certificate-id': text(),
  body: anyValue(),
  password: text(),
};

type Config = ParsedAttributes<typeof attributes>;

function parse(xml: PolicyElement, report: Report): Config {
  report.empty(xml);
  const config = report.attributes(xml, attributes);
  const given = [config.thumbprint, config['certificate-id'], config.body].filter(
    (value) => value !== undefined,
  );
  if (given.length !== 1)
    report.problem(
      'missing-attribute',
      "Exactly one of 'thumbprint', 'certificate-id' and 'body' must be given.",
      xml,
    );
  return config;
}

function compileFind(
  config: Config,
  compiler: PolicyCompiler,
): (context: PolicyContext) => CertificateInfo {
  const thumbprint = compiler.value(config.thumbprint);
  const id = compiler.value(config['certificate-id']);
  const body = compiler.value(config.body);
  const password = compiler.value(config.password);
  return (context) => {
    if (body) {
      const bytes = body.evaluate(context);
      if (!(bytes instanceof Uint8Array))
        throw missing("The 'body' of a certificate must be a byte array.");
      const phrase = password?.evaluate(context);
      return {
        id: '',
        der: bytes,
        pkcs12: { password: phrase ?? '' },
        thumbprint: createHash('sha1').update(bytes).digest('hex').toUpperCase(),
      };
    }
    const by = thumbprint
      ? { thumbprint: thumbprint.evaluate(context) }
      : { id: id?.evaluate(context) ?? '' };
    const certificate = context.ports.resources.certificate(by);
    if (!certificate)
      throw missing(`Certificate '${'id' in by ? by.id : by.thumbprint}' could not be found.`);
    return certificate;
  };
}

function missing(message: string): PolicyError {
  return new PolicyError('CertificateNotFound', message);
}

/** The same inside send-request. */
export function certificateParts(
  xml: PolicyElement,
  report: Report,
): (
  compiler: PolicyCompiler,
) => (context: PolicyContext, target: { certificate: CertificateInfo | undefined }) => void {
  const config = parse(xml, report);
  return (compiler) => {
    const find = compileFind(config, compiler);
    return (context, target) => {
      target.certificate = find(context);
    };
  };
}

/** Client certificate for the connection to the backend. */
export const authenticationCertificate = definePolicy<Config>({
  element: 'authentication-certificate',
  sections: ['inbound'],
  attributes,
  parse,
  compile(config, compiler) {
    const find = compileFind(config, compiler);
    return (context) => {
      context.backendCertificate = find(context);
    };
  },
});
