import { X509Certificate } from 'node:crypto';
import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import type { ClientCertificate } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { flag, text } from '../../values/attribute-rule.js';
import type { Value } from '../../values/value.js';
import type { ParsedAttributes } from '../../values/value-source.js';

const attributes = {
  'validate-revocation': flag({ default: true }),
  'validate-trust': flag({ default: true }),
  'validate-not-before': flag({ default: true }),
  'validate-not-after': flag({ default: true }),
  'ignore-error': flag({ default: false }),
};
const identityAttributes = {
  thumbprint: text(),
  'serial-number': text(),
  'common-name': text(),
  subject: text(),
  'dns-name': text(),
  'issuer-subject': text(),
  'issuer-thumbprint': text(),
  'issuer-certificate-id': text(),
};

type IdentityConfig = ParsedAttributes<typeof identityAttributes>;

/** Checks the caller's certificate: all root rules, and one of the identities. */
export const validateClientCertificate = definePolicy<{
  settings: ParsedAttributes<typeof attributes>;
  identities: IdentityConfig[];
}>({
  element: 'validate-client-certificate',
  sections: ['inbound'],
  attributes,
  support: {
    level: 'partial',
    how: 'revocation lists are not fetched; trust is what the listener verified',
  },
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const [holder] = report.children(xml, { identities: { most: 1 } }).identities;
    const identities = holder
      ? report.children(holder, { identity: { least: 1, most: 10 } }).identity
      : [];
    return {
      settings,
      identities: identities.map((element) => {
        const identity = report.attributes(element, identityAttributes);
        const issuer = identity['issuer-subject'] ?? identity['issuer-thumbprint'];
        if (issuer && identity['issuer-certificate-id'])
          report.problem(
            'duplicate',
            "'issuer-certificate-id' excludes the other attributes of the issuer.",
            element,
          );
        return identity;
      }),
    };
  },
  compile({ settings, identities }, compiler) {
    const trust = compiler.value(settings['validate-trust']);
    const notBefore = compiler.value(settings['validate-not-before']);
    const notAfter = compiler.value(settings['validate-not-after']);
    const ignoreError = compiler.value(settings['ignore-error']);
    const rules = identities.map((identity) =>
      Object.entries(identity).flatMap(([name, source]) =>
        source
          ? [{ name: name as keyof typeof identityAttributes, value: compiler.value(source) }]
          : [],
      ),
    );
    return (context) => {
      try {
        const { clientCertificate } = context.request;
        if (!clientCertificate)
          throw refused('ClientCertificateNotFound', 'Client certificate is missing.');
        const certificate = new X509Certificate(clientCertificate.der);
        const now = context.ports.clock.now();
        if (trust.evaluate(context) && !clientCertificate.trusted)
          throw refused('ClientCertificateNotTrusted', 'Client certificate is not trusted.');
        if (notBefore.evaluate(context) && Date.parse(certificate.validFrom) > now)
          throw refused('ClientCertificateNotYetValid', 'Client certificate is not yet valid.');
        if (notAfter.evaluate(context) && Date.parse(certificate.validTo) < now)
          throw refused('ClientCertificateExpired', 'Client certificate is expired.');
        if (
          rules.length > 0 &&
          !rules.some((rule) =>
            rule.every((one) =>
              matches(one, { certificate, presented: clientCertificate, context }),
            ),
          )
        ) {
          throw refused(
            'ClientCertificateIdentityNotMatched',
            'Client certificate does not match any of the allowed identities.',
          );
        }
      } catch (error) {
        if (!ignoreError.evaluate(context))
          throw error instanceof PolicyError
            ? error
            : refused('ClientCertificateInvalid', 'Client certificate is invalid.');
        context.ports.log.warn('validate-client-certificate failed', {
          requestId: context.requestId,
          message: String(error),
        });
      }
    };
  },
});

function refused(reason: string, message: string): PolicyError {
  return new PolicyError(reason, message, {
    statusCode: 403,
    message: 'Invalid client certificate',
  });
}

interface Presented {
  readonly certificate: X509Certificate;
  readonly presented: ClientCertificate;
  readonly context: PolicyContext;
}

const hex = (text: string): string => text.replace(/[^0-9a-f]/gi, '').toUpperCase();
const nameText = (text: string): string =>
  text
    .split(/\n|,\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .sort()
    .join(', ');
const commonName = (subject: string): string => /(?:^|\n)CN=(.*)/.exec(subject)?.[1]?.trim() ?? '';

function matches(
  { name, value }: { name: keyof typeof identityAttributes; value: Value<string> },
  at: Presented,
): boolean {
  const wanted = value.evaluate(at.context);
  const { certificate, presented, context } = at;
  /** The issuer that the caller sent, if its key did sign. */
  const issuer = (): X509Certificate | undefined => {
    const sent = presented.chain[0] && new X509Certificate(presented.chain[0]);
    return sent && certificate.verify(sent.publicKey) ? sent : undefined;
  };
  switch (name) {
    case 'thumbprint':
      return hex(certificate.fingerprint) === hex(wanted);
    case 'serial-number':
      return hex(certificate.serialNumber) === hex(wanted);
    case 'common-name':
      return commonName(certificate.subject).toLowerCase() === wanted.toLowerCase();
    case 'subject':
      return nameText(certificate.subject) === nameText(wanted);
    case 'dns-name':
      return (certificate.subjectAltName ?? '')
        .split(/,\s*/)
        .some((part) => part.toLowerCase() === `dns:${wanted.toLowerCase()}`);
    case 'issuer-subject':
      return nameText(certificate.issuer) === nameText(wanted);
    case 'issuer-thumbprint':
      return issuer() !== undefined && hex(issuer()!.fingerprint) === hex(wanted);
    case 'issuer-certificate-id': {
      const known = context.ports.resources.certificate({ id: wanted });
      return known !== undefined && certificate.verify(new X509Certificate(known.der).publicKey);
    }
  }
}
