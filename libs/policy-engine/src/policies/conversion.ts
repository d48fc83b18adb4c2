import { withinWork } from '@isthmus/dotnet';
import type { PolicyCompiler } from '../composition/policy-compiler.js';
import { builtBody } from '../pipeline/built-body.js';
import type { Headers } from '../model/headers.js';
import { replaceBody } from '../model/message.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';
import type { Step } from '../pipeline/step.js';
import type { Value } from '../values/value.js';

/** What json-to-xml and xml-to-json have in common. */
export interface Conversion {
  readonly from: 'json' | 'xml';
  /** `always`, or `content-type-…`. */
  readonly apply: Value<string>;
  readonly considerAccept: Value<boolean>;
  /** The LastError reason of a body that cannot be converted. */
  readonly failure: 'JsonToXmlFailure' | 'XmlToJsonFailure';
  /** The converted text of a body. */
  readonly convert: (text: string, context: PolicyContext) => string;
}

const types = { json: /[/+]json\b/i, xml: /[/+]xml\b/i };

/** The step that replaces the body of the message whose section it is in. */
export function conversionStep(conversion: Conversion, compiler: PolicyCompiler): Step {
  const to = conversion.from === 'json' ? 'xml' : 'json';
  compiler.needsMessageBody();
  return (context) => {
    const message = compiler.onResponse ? context.response : context.request;
    if (!message?.body || message.body.content.length === 0) return;
    const isDue = conversion.apply.evaluate(context) === 'always';
    if (!isDue && !types[conversion.from].test(message.headers.text('Content-Type') ?? '')) return;
    if (conversion.considerAccept.evaluate(context) && !accepts(context.request.headers, types[to]))
      return;
    replaceBody(message, builtBody(context, converted(conversion, message.body.text, context)));
    message.headers.set('Content-Type', `application/${to}`);
  };
}

function accepts(headers: Headers, type: RegExp): boolean {
  const accept = headers.text('Accept');
  return accept === undefined || accept.includes('*/*') || type.test(accept);
}

function converted({ failure, convert }: Conversion, text: string, context: PolicyContext): string {
  try {
    return withinWork(() => convert(text, context));
  } catch (error) {
    throw new PolicyError(failure, error instanceof Error ? error.message : String(error));
  }
}
