import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { compileExpression, EvaluationError, memberTables, renderTyped } from '../index.js';
import type { CertificateView } from '../context/expression-context.js';
import { sampleContext, stillHost } from './sample-context.js';

/** `expect`: fields of the typed result; `error`: full type name; `compileError`: code (CSnnnn); `timeout`: a spent budget. */
interface Case {
  readonly name: string;
  readonly member?: string;
  readonly type?: string;
  readonly expression: string;
  readonly expect?: unknown;
  readonly error?: string;
  readonly compileError?: string;
  readonly timeout?: boolean;
}

const source = join(dirname(fileURLToPath(import.meta.url)), '..');

function caseFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return caseFiles(path);
    return entry.name.endsWith('.cases.yaml') ? [path] : [];
  });
}

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
const testCertificate = JSON.parse(
  readFileSync(join(source, 'members/crypto/test-certificate.json'), 'utf8'),
) as { certificate: string; privateKey: string };
const certificates: ReadonlyMap<string, CertificateView> = new Map([
  [
    'test-cert',
    {
      certificate: bytes(testCertificate.certificate),
      privateKey: bytes(testCertificate.privateKey),
    },
  ],
]);

function run(expression: string): unknown {
  const compiled = compileExpression(expression);
  if (!compiled.ok) return { compileError: compiled.problems[0]?.code };
  try {
    const value = compiled.expression.evaluate(sampleContext(certificates), stillHost);
    return { expect: renderTyped(value) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) {
      if (error instanceof Error && 'typeName' in error) return { error: error.typeName };
      throw error;
    }
    return error.typeName === null ? { timeout: true } : { error: error.typeName };
  }
}

const files = caseFiles(source).map((path) => ({
  path: relative(source, path),
  cases: parse(readFileSync(path, 'utf8')) as Case[],
}));

describe.each(files)('$path', ({ cases }) => {
  it.each(cases)('$name', ({ expression, name: _name, member: _m, type: _t, ...outcome }) => {
    expect(run(expression)).toMatchObject(outcome);
  });
});

describe('member tables', () => {
  const covered = new Set(
    files.flatMap((f) => f.cases.map((c) => `${c.type ?? ''} | ${c.member ?? ''}`)),
  );
  // Names of types may be written with or without their type parameters.
  const fullName = (header: string): string =>
    /^delegate/.test(header)
      ? header
      : (
          /(?:class|struct|interface|enum)\s+([\w.]+\s*(?:<[^:]*?>)?)/.exec(header)?.[1] ?? ''
        ).trim();
  const isCovered = (type: string, signature: string): boolean =>
    covered.has(`${type} | ${signature}`) ||
    covered.has(`${type.replace(/\s*<.*$/, '')} | ${signature}`);

  it('have a case for every entry', () => {
    const missing = memberTables.flatMap((table) =>
      table.members.flatMap((record) =>
        Object.keys(record)
          .filter((signature) => !isCovered(fullName(table.header), signature))
          .map((signature) => `${fullName(table.header)} | ${signature}`),
      ),
    );
    expect(missing).toEqual([]);
  });
});
