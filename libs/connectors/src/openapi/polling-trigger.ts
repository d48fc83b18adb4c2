import type { OperationAnswer, OperationCall } from '../connector.js';
import { required, type Parameters } from './body-templates.js';
import { compileTemplate, textOf, type Evaluate, type ExpressionInput } from './expressions.js';

const prefix = 'x-ms-apimTemplateParameter.';
/** The query in which a polling trigger keeps what it has seen. */
export const triggerState = 'triggerState';

/** A `pollingtrigger` template: what the next poll asks for, read off the answer to the last one. */
export interface PollingTrigger {
  /** What the system is asked: the call with the parameters of its state. */
  asked(call: OperationCall): OperationCall;
  /**
   * 200 where there is something new, 202 where not; `Location` is the address of the next poll. The first poll
   * only learns where to begin.
   */
  answered(call: OperationCall, body: unknown, input: ExpressionInput): OperationAnswer;
}

/** @throws Error that names the parameter at fault */
export function pollingTrigger(parameters: Parameters): PollingTrigger {
  const config = parameters[`${prefix}triggerConfig`];
  if (typeof config !== 'object' || config === null)
    throw new Error(`connector properties: a policy template lacks ${prefix}triggerConfig`);
  const values = Object.entries(config)
    .filter(([name]) => name !== 'x-ms-triggerConfig-nextLink')
    .map(([name, value]): readonly [string, Evaluate] => [name, compileTemplate(textOf(value))]);
  const data = compileTemplate(required(parameters, 'triggerDataPath'));
  return {
    asked(call) {
      const query = new URLSearchParams(call.query);
      query.delete(triggerState);
      for (const [name, value] of Object.entries(stateOf(call) ?? {})) query.set(name, value);
      return { ...call, query };
    },
    answered(call, body, input) {
      const seen = { ...input, body };
      const before = stateOf(call);
      const found = data(seen);
      const isNews = Array.isArray(found)
        ? found.length > 0
        : found !== null && found !== undefined;
      const after = isNews ? { ...before, ...nextState(values, seen) } : before;
      const query = new URLSearchParams(call.query);
      query.set(triggerState, Buffer.from(JSON.stringify(after ?? {})).toString('base64url'));
      const headers = { location: `${call.address ?? ''}${call.path}?${query.toString()}` };
      return isNews && before !== undefined
        ? { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body }
        : { status: 202, headers };
    },
  };
}

function nextState(
  values: readonly (readonly [string, Evaluate])[],
  input: ExpressionInput,
): Record<string, string> {
  return Object.fromEntries(
    values
      .map(([name, value]) => [name, textOf(value(input))] as const)
      .filter(([, value]) => value !== ''),
  );
}

/** What the last poll has left; undefined at the first one, or when it is none of ours. */
function stateOf(call: OperationCall): Record<string, string> | undefined {
  const text = call.query.get(triggerState);
  if (text === null) return undefined;
  try {
    const state: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof state !== 'object' || state === null || Array.isArray(state)) return undefined;
    return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, textOf(value)]));
  } catch {
    return undefined;
  }
}
