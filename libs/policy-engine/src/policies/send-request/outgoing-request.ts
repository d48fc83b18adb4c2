import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import type { Body } from '../../model/body.js';
import type { CertificateInfo } from '../../model/entities.js';
import { Headers } from '../../model/headers.js';
import { replaceBody } from '../../model/message.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { OutgoingRequest, ProxyInfo } from '../../ports/http.js';
import type { ValueSource } from '../../values/value-source.js';
import { authenticationBasicParts } from '../authentication-basic/authentication-basic.js';
import { certificateParts } from '../authentication-certificate/authentication-certificate.js';
import { managedIdentityParts } from '../authentication-managed-identity/authentication-managed-identity.js';
import { proxyParts } from '../proxy/proxy.js';
import { compileSetBody, parseSetBody, type BodyConfig } from '../set-body/set-body.js';
import { compileSetHeader, parseSetHeader } from '../set-header/set-header.js';
import { compileSetMethod, parseSetMethod } from '../set-method/set-method.js';

/** A request being made; parts change it in document order. */
export interface Draft {
  url: string;
  method: string;
  headers: Headers;
  body: Body | null;
  certificate: CertificateInfo | undefined;
  proxy: ProxyInfo | undefined;
}

/** Changes a draft; may wait for a token. */
export type DraftChange = (context: PolicyContext, draft: Draft) => void | Promise<void>;

/** What the children of send-request say. */
export interface OutgoingConfig {
  readonly xml: PolicyElement;
  readonly url: ValueSource<string> | undefined;
  readonly body: BodyConfig | undefined;
  readonly parts: readonly ((compiler: PolicyCompiler) => DraftChange)[];
}

const once = { most: 1 };

/** Reads the children that send-request and send-one-way-request share. */
export function parseOutgoing(xml: PolicyElement, report: Report): OutgoingConfig {
  const found = report.children(xml, {
    'set-url': once,
    'set-method': once,
    'set-header': {},
    'set-body': once,
    'authentication-certificate': once,
    'authentication-managed-identity': once,
    'authentication-basic': once,
    proxy: once,
  });
  const [url] = found['set-url'];
  if (url) report.attributes(url, {});
  const [body] = found['set-body'];
  return {
    xml,
    url: url && report.text(url),
    body: body && parseSetBody(body, report),
    parts: xml.children.flatMap((child) => part(child, report) ?? []),
  };
}

function part(
  xml: PolicyElement,
  report: Report,
): ((compiler: PolicyCompiler) => DraftChange) | undefined {
  switch (xml.name) {
    case 'set-method': {
      const config = parseSetMethod(xml, report);
      return (compiler) => {
        const method = compileSetMethod(config, compiler);
        return (context, draft) => {
          draft.method = method(context);
        };
      };
    }
    case 'set-header': {
      const config = parseSetHeader(xml, report);
      return (compiler) => compileSetHeader(config, compiler);
    }
    case 'authentication-certificate':
      return certificateParts(xml, report);
    case 'authentication-managed-identity':
      return managedIdentityParts(xml, report);
    case 'authentication-basic':
      return authenticationBasicParts(xml, report);
    case 'proxy':
      return proxyParts(xml, report);
    default:
      return undefined;
  }
}

/** Headers of the caller that a copied request does not take along. */
const notCopied = [
  'Host',
  'Connection',
  'Keep-Alive',
  'Transfer-Encoding',
  'Content-Length',
  'Upgrade',
  'TE',
  'Trailer',
  'Proxy-Connection',
];

/** A function that makes the request. `timeout` in milliseconds. */
export function compileOutgoing(
  config: OutgoingConfig,
  compiler: PolicyCompiler,
  mode: ValueSource<'new' | 'copy'>,
): (context: PolicyContext, timeout: number) => Promise<OutgoingRequest> {
  const modeValue = compiler.value(mode);
  const url = compiler.value(config.url);
  const makeBody =
    config.body &&
    compileSetBody(config.body, compiler, compiler.onResponse ? 'response' : 'request');
  const parts = config.parts.map((compilePart) => compilePart(compiler));
  if (mode.literal === 'new' && !config.url)
    compiler.report.problem(
      'missing-element',
      `The element '${config.xml.name}' needs 'set-url' in mode new.`,
      config.xml,
    );
  const copies = mode.literal !== 'new' && !compiler.onResponse && !config.body;
  if (copies) compiler.needs('request-body');
  return async (context, timeout) => {
    const copy = modeValue.evaluate(context) === 'copy';
    const draft = copy ? copyOf(context, copies) : blank();
    if (url) draft.url = url.evaluate(context).trim();
    if (!URL.canParse(draft.url))
      throw new PolicyError('UriInvalid', `Invalid URI: The URI '${draft.url}' is not absolute.`);
    if (makeBody) replaceBody(draft, makeBody(context));
    for (const change of parts) await change(context, draft);
    const { certificate, proxy, ...request } = draft;
    return {
      ...request,
      timeout,
      ...(certificate ? { certificate } : {}),
      ...(proxy ? { proxy } : {}),
      signal: context.signal,
      bodyRoom: context.parts.bodyRoom,
    };
  };
}

function blank(): Draft {
  return {
    url: '',
    method: 'GET',
    headers: new Headers(),
    body: null,
    certificate: undefined,
    proxy: undefined,
  };
}

function copyOf(context: PolicyContext, withBody: boolean): Draft {
  const { request } = context;
  const headers = request.headers.clone();
  for (const name of notCopied) headers.delete(name);
  const body = withBody ? (request.body?.copy() ?? null) : null;
  return {
    url: request.url.toString(),
    method: request.method,
    headers,
    body,
    certificate: undefined,
    proxy: undefined,
  };
}
