import { JArray, JObject, JProperty, JValue } from '@isthmus/dotnet';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError } from '../pipeline/policy-error.js';

/** What happens on a violation. */
export type ValidationAction = 'ignore' | 'prevent' | 'detect';

export const validationActions = ['ignore', 'prevent', 'detect'] as const;

/** One violation. */
export interface ValidationFault {
  /** Reason in LastError: the rule that was broken. */
  readonly rule: string;
  readonly name: string;
  readonly message: string;
  readonly action: ValidationAction;
}

/** What the caller may know about a wrong response: nothing. */
const internal =
  'The request could not be processed due to an internal error. Contact the API owner.';

/**
 * Keeps the violations in the variable and fails when one of them prevents: 400 for requests, 502 without details
 * for responses.
 */
export function settleFaults(
  context: PolicyContext,
  faults: readonly ValidationFault[],
  options: { variable: string | undefined; response: boolean },
): void {
  const told = faults.filter((fault) => fault.action !== 'ignore');
  if (told.length === 0) return;
  if (options.variable) context.variables.set(options.variable, listOf(told));
  if (context.recorder)
    context.record('validation', { message: told.map((fault) => fault.message) });
  const preventing = told.find((fault) => fault.action === 'prevent');
  if (!preventing) return;
  const answer = options.response
    ? { statusCode: 502, statusReason: 'Response Not Allowed', message: internal }
    : { statusCode: 400, message: preventing.message };
  throw new PolicyError(preventing.rule, preventing.message, answer);
}

/** The value of errors-variable-name: a list of objects. */
function listOf(faults: readonly ValidationFault[]): JArray {
  const property = (name: string, text: string): JProperty =>
    new JProperty(name, JValue.string(text));
  const entries = faults.map(
    (fault) =>
      new JObject([
        property('Name', fault.name),
        property('ValidationRule', fault.rule),
        property('Details', fault.message),
        property('Action', fault.action),
      ]),
  );
  return new JArray(entries);
}
