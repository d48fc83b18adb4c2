import type { Jwt } from '@isthmus/dotnet';
import { netJwt } from '@isthmus/policy-expressions';
import type { PolicyElement } from '../document/policy-element.js';
import type { PolicyCompiler } from '../composition/policy-compiler.js';
import type { Report } from '../composition/report.js';
import type { PolicyContext } from '../pipeline/context.js';
import { PolicyError, type Place } from '../pipeline/policy-error.js';
import { setLastError } from '../pipeline/run-pipeline.js';
import type { Step } from '../pipeline/step.js';
import { toPolicyError } from '../pipeline/to-policy-error.js';
import { integer, text } from '../values/attribute-rule.js';
import type { Value } from '../values/value.js';
import type { ParsedAttributes, ValueSource } from '../values/value-source.js';

/** Attributes that validate-jwt and validate-azure-ad-token share. */
export const tokenAttributes = {
  'header-name': text(),
  'query-parameter-name': text(),
  'token-value': text(),
  'failed-validation-httpcode': integer({ default: 401, least: 100, most: 999 }),
  'failed-validation-error-message': text(),
  'output-token-variable-name': text({ expression: false }),
};

type Settings = ParsedAttributes<typeof tokenAttributes>;

/** Reports more than one source of the token; `none` allowed where a default exists. */
export function checkTokenSource(
  settings: Settings,
  { xml, report, least }: { xml: PolicyElement; report: Report; least: 0 | 1 },
): void {
  const given = [
    settings['header-name'],
    settings['query-parameter-name'],
    settings['token-value'],
  ].filter((value) => value !== undefined);
  if (given.length < least)
    report.problem(
      'missing-attribute',
      "One of 'header-name', 'query-parameter-name' and 'token-value' must be given.",
      xml,
    );
  if (given.length > 1)
    report.problem(
      'duplicate',
      "Only one of 'header-name', 'query-parameter-name' and 'token-value' may be given.",
      xml,
    );
}

/** The texts of a list such as `<audiences><audience>…`. */
export function listedTexts(
  xml: PolicyElement | undefined,
  name: string,
  report: Report,
): ValueSource<string>[] {
  if (!xml) return [];
  report.attributes(xml, {});
  return report
    .children(xml, { [name]: { least: 1 } })
    [name]!.map((element) => report.text(element));
}

/** How a policy checks the token that it found. */
export interface TokenCheck {
  /** The scheme that the Authorization header must have. */
  readonly scheme?: Value<string> | undefined;
  /** Refuses with a PolicyError. */
  readonly validate: (token: string, context: PolicyContext) => Jwt | Promise<Jwt>;
}

/** The step of a token policy: a good token goes to the variable, a bad one ends in the configured answer. */
export function tokenStep(
  settings: Settings,
  compiler: PolicyCompiler,
  { scheme, validate }: TokenCheck,
): Step {
  const tokenOf = compileTokenSource(settings, compiler, scheme);
  const refuse = compileRefusal(settings, compiler);
  const variable = settings['output-token-variable-name']?.literal;
  const keep = (context: PolicyContext, jwt: Jwt): void => {
    if (variable) context.variables.set(variable, netJwt(jwt));
  };
  const fail = (context: PolicyContext, error: unknown): never => {
    const failure = toPolicyError(error);
    const { reason } = failure;
    if (reason === 'ExpressionValueEvaluationFailure' || reason === 'InternalError') throw failure;
    return refuse(context, failure);
  };
  return (context) => {
    try {
      const jwt = validate(tokenOf(context), context);
      if (jwt instanceof Promise)
        return jwt
          .then((late) => keep(context, late))
          .catch((error: unknown) => fail(context, error));
      return keep(context, jwt);
    } catch (error) {
      return fail(context, error);
    }
  };
}

/** A function that finds the token of a request; throws TokenNotPresent. */
function compileTokenSource(
  settings: Settings,
  compiler: PolicyCompiler,
  scheme?: Value<string>,
): (context: PolicyContext) => string {
  const header = compiler.value(settings['header-name']);
  const parameter = compiler.value(settings['query-parameter-name']);
  const value = compiler.value(settings['token-value']);
  return (context) => {
    const { request } = context;
    const found = value
      ? value.evaluate(context)
      : parameter
        ? request.originalUrl.query.get(parameter.evaluate(context))?.[0]
        : fromHeader(
            context,
            header?.evaluate(context) ?? 'Authorization',
            scheme?.evaluate(context),
          );
    const token = found?.trim();
    if (!token) throw new PolicyError('TokenNotPresent', 'JWT not present.');
    return value ? token.replace(/^bearer\s+/i, '') : token;
  };
}

function fromHeader(
  { request }: PolicyContext,
  name: string,
  scheme: string | undefined,
): string | undefined {
  const text = request.headers.text(name)?.trim();
  if (text === undefined) return undefined;
  const match = /^([A-Za-z][\w-]*)\s+/.exec(text);
  const credentials = match ? text.slice(match[0].length) : undefined;
  if (name.toLowerCase() !== 'authorization' || !scheme)
    return match && (name.toLowerCase() === 'authorization' || /^bearer$/i.test(match[1]!))
      ? credentials
      : text;
  return match?.[1]!.toLowerCase() === scheme.toLowerCase() ? credentials : undefined;
}

/** Turns a refused token into the configured answer. LastError is set before the attributes are evaluated (apim-observed 5.2). */
function compileRefusal(
  settings: Settings,
  compiler: PolicyCompiler,
): (context: PolicyContext, error: PolicyError) => never {
  const code = compiler.value(settings['failed-validation-httpcode']);
  const message = compiler.value(settings['failed-validation-error-message']);
  const place: Place = compiler.place;
  return (context, error) => {
    error.place = place;
    setLastError(context, error);
    const answer = {
      statusCode: code.evaluate(context),
      message: message?.evaluate(context) ?? error.message,
    };
    const refusal = new PolicyError(error.reason, error.message, answer);
    refusal.place = place;
    throw refusal;
  };
}
