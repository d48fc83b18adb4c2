import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import {
  isHeaderName,
  isSafeHeaderValue,
  isWireText,
  separateHeaders,
  type Headers,
} from '../../model/headers.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, everySection } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, text } from '../../values/attribute-rule.js';
import type { Value } from '../../values/value.js';
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

type Action = 'override' | 'skip' | 'append' | 'delete';
type Change = (context: PolicyContext, target: HeaderTarget) => void;

/** A function that changes the headers of a message. */
export function compileSetHeader(config: HeaderConfig, compiler: PolicyCompiler): Change {
  const name = compiler.value(config.settings.name);
  const action = compiler.value(config.settings['exists-action']);
  const values = config.values.map((value) => compiler.value(value));
  const fixed = name.constant === undefined ? undefined : headerName(name.constant);
  return (
    (fixed && compileUsual(fixed, action, values)) ??
    ((context, target) => {
      const header = fixed ?? headerName(name.evaluate(context));
      change(target, { ...header, action: action.evaluate(context), values, context });
    })
  );
}

/** What most documents do: one header of a fixed name takes one value, or goes. */
function compileUsual(
  { header, key, valid }: HeaderName,
  action: Value<Action>,
  values: readonly Value<string>[],
): Change | undefined {
  if (!valid || key === 'host' || key === 'server' || untouchable.has(key)) return undefined;
  if (action.constant === 'delete') return (_context, target) => void target.headers.delete(header);
  const [value] = values;
  if (action.constant !== 'override' || values.length !== 1 || !value) return undefined;
  const { constant } = value;
  if (constant !== undefined && isWireText(constant))
    return (_context, target) => target.headers.put(header, constant);
  return (context, target) => {
    const text = value.evaluate(context);
    if (isWireText(text)) target.headers.put(header, text);
    else target.headers.set(header, safe(header, text));
  };
}

interface HeaderChange extends HeaderName {
  readonly action: Action;
  readonly values: readonly Value<string>[];
  readonly context: PolicyContext;
}

function change(target: HeaderTarget, { header, key, valid, ...rest }: HeaderChange): void {
  if (!valid) throw invalid(`The header name '${header}' is not valid.`);
  if (untouchable.has(key)) return;
  const { headers } = target;
  if (rest.action === 'delete') {
    // The reference: the Server header of a response cannot be deleted. It can be replaced.
    if (key === 'server' && target === rest.context.response) return;
    if (key === 'host' && target.hostOverride) target.hostOverride = null;
    headers.delete(header);
    return;
  }
  if (rest.action === 'skip' && headers.has(header)) return;
  const added = rest.values.map((value) => safe(header, value.evaluate(rest.context)));
  const all = rest.action === 'append' ? [...(headers.get(header) ?? []), ...added] : added;
  headers.set(header, separateHeaders.has(key) || all.length < 2 ? all : all.join(','));
  if (key === 'host' && 'hostOverride' in target) target.hostOverride = all[0] ?? null;
}

/** The value, unless it would end the field on the wire. */
function safe(header: string, value: string): string {
  if (isSafeHeaderValue(value)) return value;
  throw invalid(`The value of the header '${header}' holds a line break or NUL.`);
}

interface HeaderName {
  readonly header: string;
  readonly key: string;
  readonly valid: boolean;
}

function headerName(text: string): HeaderName {
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
    const apply = compileSetHeader(config, compiler);
    if (!compiler.onResponse) return (context) => apply(context, context.request);
    return (context) => apply(context, context.ensureResponse());
  },
});
