import type { ValidatedDocument } from './validated-document.js';

/** The report of `isthmus validate`, for people or as one JSON object. */
export function printReport(documents: readonly ValidatedDocument[], json: boolean): string {
  if (json) {
    const plain = documents.map(({ path, kind, ok, problems }) => ({
      path,
      kind,
      ok,
      problems: problems.map(({ line, column, code, message, hint, warning, pointer, action }) => ({
        line,
        column,
        code,
        message,
        ...(pointer === undefined ? {} : { pointer }),
        ...(action === undefined ? {} : { action }),
        ...(hint === undefined ? {} : { hint }),
        ...(warning ? { severity: 'warning' } : {}),
      })),
    }));
    return `${JSON.stringify({ documents: plain }, null, 2)}\n`;
  }
  const parts = documents
    .filter((document) => document.problems.length > 0)
    .map(
      (document) =>
        `${document.path} (${document.kind})\n${document.problems.map((problem) => `  ${problem.text.replaceAll('\n', '\n  ')}`).join('\n')}\n\n`,
    );
  const failed = documents.filter((document) => !document.ok).length;
  const summary =
    failed === 0
      ? `${documents.length} documents, all ok\n`
      : `${documents.length} documents, ${failed} with mistakes\n`;
  return parts.join('') + summary;
}
