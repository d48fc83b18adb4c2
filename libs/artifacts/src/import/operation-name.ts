/**
 * The resource name that an import makes from `operationId`, or from method and path where there is
 * none: lower case, each run of other characters one dash, no dash at either end, 76 characters.
 * Source: "API import restrictions and known issues", normalization rules for operationId.
 */
export function normaliseOperationName(operationId: string): string {
  return operationId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 76);
}

/** Gives names that are unique without regard to case: a second "x" becomes "x-1". */
export function uniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    let unique = name;
    for (let suffix = 1; taken.has(unique.toLowerCase()); suffix++) unique = `${name}-${suffix}`;
    taken.add(unique.toLowerCase());
    return unique;
  };
}

/** Whether a text may be a resource name as it stands (the ARM rule for operation names). */
export function isResourceName(text: string): boolean {
  return text.length > 0 && text.length <= 80 && !/[*#&+:<>?/\\\s{}]/.test(text);
}
