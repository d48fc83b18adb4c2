/** The order in which .NET writes the directives of Cache-Control; others follow as they came. */
const order = [
  'no-store',
  'no-transform',
  'only-if-cached',
  'public',
  'must-revalidate',
  'proxy-revalidate',
  'no-cache',
  'max-age',
  's-maxage',
  'max-stale',
  'min-fresh',
  'private',
];

/** Headers with a Cache-Control that is written as .NET writes it. */
export function orderCacheControl(headers: Record<string, string>): Record<string, string> {
  const value = headers['Cache-Control'];
  if (value === undefined) return headers;
  const directives = value
    .split(',')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '');
  const rank = (directive: string): number => {
    const index = order.indexOf(directive.split('=')[0]?.toLowerCase() ?? '');
    return index < 0 ? order.length : index;
  };
  return {
    ...headers,
    'Cache-Control': directives.toSorted((left, right) => rank(left) - rank(right)).join(', '),
  };
}
