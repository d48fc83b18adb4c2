import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import {
  isHeaderName,
  isSafeHeaderValue,
  separateHeaders,
  type Headers,
} from '../../model/headers.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  name: text({ required: true }),
  'exists-action': choice(['override', 'skip', 'append', 'delete'], { default: 'override' }),
};

/** What set-header says, here and inside send-request and return-response. */
export interface HeaderConfig {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly values: readonly ValueSource<string>[];
}

/** Something whose headers can be changed. */
export interface HeaderTarget {
  readonly headers: Headers;
  hostOverride?: string | null;
}

/** Reads a set-header element. */
export function parseSetHeader(xml: PolicyElement, report: Report): HeaderConfig {
  const settings = report.attributes(xml, attributes);
  const { value } = report.children(xml, { value: {} });
  return { settings, values: value.map((element) => report.text(element)) };
}

/** Framing belongs to the gateway: changes are ignored (set-header reference). */
const untouchable: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);

/** A function that changes the headers of a message. */
export function compileSetHeader(
  config: HeaderConfig,
  compiler: PolicyCompiler,
): (context: PolicyContext, target: HeaderTarget) => void {
  const name = compiler.value(config.settings.name);
  const action = compiler.value(config.settings['exists-action']);
  const values = config.values.map((value) => compiler.value(value));
  const fixed = name.constant === undefined ? undefined : headerName(name.constant);
  return (context, target) => {
    const { header, key, valid } = fixed ?? headerName(name.evaluate(context));
    if (!valid) throw invalid(`The header name '${header}' is not valid.`);
    if (untouchable.has(key)) return;
    const { headers } = target;
    const does = action.evaluate(context);
    if (does === 'delete') {
      if (key === 'host' && target.hostOverride) target.hostOverride = null;
      headers.delete(header);
      return;
    }
    if (does === 'skip' && headers.has(header)) return;
    const added = values.map((value) => value.evaluate(context));
    for (const value of added)
      if (!isSafeHeaderValue(value))
        throw invalid(`The value of the header '${header}' holds a line break or NUL.`);
    const all = does === 'append' ? [...(headers.get(header) ?? []), ...added] : added;
    headers.set(header, separateHeaders.has(key) || all.length < 2 ? all : all.join(','));
    if (key === 'host' && 'hostOverride' in target) target.hostOverride = all[0] ?? null;
  };
}

function headerName(text: string): { header: string; key: string; valid: boolean } {
  const header = text.trim();
  return { header, key: header.toLowerCase(), valid: isHeaderName(header) };
}

function invalid(message: string): PolicyError {
  return new PolicyError('HeaderInvalid', message, { statusCode: 400, message });
}

/** Sets, appends or deletes a header of the request (inbound, backend) or response (outbound, on-error). */
export const setHeader = definePolicy<HeaderConfig>({
  element: 'set-header',
  sections: everySection,
  attributes,
  parse: parseSetHeader,
  compile(config, compiler) {
    const change = compileSetHeader(config, compiler);
    if (!compiler.onResponse) return (context) => change(context, context.request);
    return (context) => change(context, context.ensureResponse());
  },
});
