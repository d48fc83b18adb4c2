/** Header fields whose values are secrets. */
const secretHeaders =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-functions-key|ocp-apim-subscription-key|apim-debug-authorization|x-api-key|api-key)$/i;

const hidden = '[redacted]';

/** A parameter of a query: what is in front of it, its name, its value. */
const parameter = /([?&])([^=&\s"]*)=[^&\s"]*/g;

/**
 * A copy of trace data without secrets: values of credential headers (as `{name, value}` pairs or as
 * members), keys in query strings and signatures of shared-access URLs.
 */
export function redact<T>(value: T, queryNames: readonly string[], keyHeader?: string): T {
  const names = new Set(
    [...queryNames, 'sig', 'code', 'access_token', 'client_secret'].map((name) =>
      name.toLowerCase(),
    ),
  );
  const withoutKey = (all: string, lead: string, name: string): string =>
    names.has(decoded(name).toLowerCase()) ? `${lead}${name}=${hidden}` : all;
  const isSecret = (name: string): boolean =>
    secretHeaders.test(name) || name.toLowerCase() === keyHeader?.toLowerCase();
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string')
      return one
        .replace(parameter, withoutKey)
        .replace(/\b(Bearer|Basic) [\w.~+/=-]{8,}/g, `$1 ${hidden}`);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    const { name } = one as { name?: unknown };
    const isPair = typeof name === 'string' && isSecret(name);
    return Object.fromEntries(
      Object.entries(one).map(([key, member]) => [
        key,
        isSecret(key) || (isPair && key === 'value') ? hidden : walk(member),
      ]),
    );
  };
  return walk(value) as T;
}

/** The name of a parameter as the gateway reads it: escaped, it opens the same doors. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
