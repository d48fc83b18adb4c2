import {
  compileLiquid,
  compileSchemas,
  DateTime,
  DotNetError,
  isNodeSet,
  jsonOfXml,
  navigatorNumber,
  outerXml,
  queryXml,
  transformXslt,
  validateToken,
  xmlOfJson,
  type JsonWebKey,
  type TreeNode,
} from '@isthmus/dotnet';
import type { Vector, VectorResult } from './vectors.js';

/** The topics of the vectors that this file runs. */
export const topics: readonly string[] = [
  'workflow-xml',
  'xpath',
  'xslt',
  'xsd',
  'liquid-set-body',
  'liquid-workflow',
  'jwt',
];

/** Between the dates that the vectors' tokens and templates were made for. */
const now = DateTime.fromUnixMilliseconds(Date.UTC(2026, 1, 4));

const runners: Readonly<Record<string, (vector: Vector) => unknown>> = {
  'workflow-xml': runWorkflowXml,
  xpath: runXPath,
  xslt: (vector) =>
    text(transformXslt(string(vector, 'stylesheet'), string(vector, 'xml'), parameters(vector))),
  xsd: runXsd,
  'liquid-set-body': (vector) => runLiquid(vector, 'set-body'),
  'liquid-workflow': (vector) => runLiquid(vector, 'workflow'),
  jwt: runJwt,
};

/** Runs one vector of a transformation; an error only has to be an error. */
export function runVector(vector: Vector): VectorResult {
  const run = runners[vector.id.slice(0, vector.id.indexOf('/'))];
  if (!run) return { outcome: 'unsupported' };
  let actual: unknown;
  try {
    actual = run(vector);
  } catch (error) {
    if (!(error instanceof DotNetError)) throw error;
    const refused = vector['error'] !== undefined || vector['mayRefuse'] === true;
    const shown = { error: { type: error.typeName, message: error.message } };
    return { outcome: refused ? 'passed' : 'failed', actual: shown };
  }
  const wanted = [vector['result'], vector['windows']].filter((value) => value !== undefined);
  const agrees = wanted.some((value) => sameText(comparable(value, vector), actual));
  return { outcome: agrees ? 'passed' : 'failed', actual };
}

// The part of an expected result that is compared.
function comparable(value: unknown, vector: Vector): unknown {
  if (vector.id.startsWith('xsd/')) return { valid: (value as { valid: boolean }).valid };
  if (vector.id.startsWith('jwt/')) return { claims: (value as { claims: unknown }).claims };
  const result = value as { type?: string; value?: unknown; items?: unknown };
  return result.type === 'nodes'
    ? { type: 'nodes', items: result.items }
    : { type: result.type, value: result.value };
}

function sameText(expected: unknown, actual: unknown): boolean {
  return JSON.stringify(expected, sorted) === JSON.stringify(actual, sorted);
}

// Members in the order of their names, undefined ones left out.
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function string(vector: Vector, member: string): string {
  const value = vector[member];
  return typeof value === 'string' ? value : '';
}

function parameters(vector: Vector): Record<string, string> {
  return (vector['parameters'] ?? {}) as Record<string, string>;
}

function text(value: string | null): unknown {
  return value === null ? { type: 'null' } : { type: 'string', value };
}

function runWorkflowXml(vector: Vector): unknown {
  const input = string(vector, 'input');
  switch (string(vector, 'function')) {
    case 'json(xml(text))':
      return text(jsonOfXml(input));
    case 'xml(json(text))':
      return text(xmlOfJson(input));
    default:
      return text(xmlOfJson(jsonOfXml(input)));
  }
}

const nodeTypes: Readonly<Record<TreeNode['kind'], string>> = {
  document: 'Root',
  element: 'Element',
  attribute: 'Attribute',
  namespace: 'Namespace',
  text: 'Text',
  cdata: 'Text',
  blank: 'SignificantWhitespace',
  comment: 'Comment',
  instruction: 'ProcessingInstruction',
  declaration: 'XmlDeclaration',
  doctype: 'DocumentType',
};

function runXPath(vector: Vector): unknown {
  const value = queryXml(string(vector, 'xml'), string(vector, 'xpath'));
  if (typeof value === 'number') return { type: 'double', value: navigatorNumber(value) };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (!isNodeSet(value)) return { type: 'string', value };
  const items = value.map((node) => ({
    nodeType: nodeTypes[node.kind],
    name: ['element', 'attribute', 'namespace', 'instruction'].includes(node.kind) ? node.name : '',
    outerXml: outerXml(node),
    value: node.stringValue,
  }));
  return { type: 'nodes', items };
}

function runXsd(vector: Vector): unknown {
  const schemas = compileSchemas(
    (vector['schemas'] as string[]).map((schema) => ({ text: schema })),
  );
  try {
    return { valid: schemas.validate(string(vector, 'xml')).length === 0 };
  } finally {
    schemas.dispose();
  }
}

function runLiquid(vector: Vector, flavour: 'set-body' | 'workflow'): unknown {
  const isXml = typeof vector['xml'] === 'string';
  // The vectors give `context` as JSON text.
  const context: unknown = JSON.parse(string(vector, 'context') || '{}');
  return text(
    compileLiquid(string(vector, 'template'), flavour).render({
      body: {
        text: string(vector, isXml ? 'xml' : 'body'),
        contentType: isXml ? 'text/xml' : 'application/json',
      },
      context,
      parseDates: vector['parseDate'] !== false,
      now,
    }),
  );
}

interface JwtParameters {
  readonly keys: readonly JsonWebKey[];
  readonly issuers?: readonly string[];
  readonly audiences?: readonly string[];
  readonly requireExpirationTime: boolean;
  readonly requireSignedTokens: boolean;
  readonly clockSkewSeconds: number;
}

function runJwt(vector: Vector): unknown {
  const jwt = validateToken(string(vector, 'token'), {
    ...(vector['parameters'] as JwtParameters),
    now,
  });
  return { claims: Object.fromEntries(jwt.claims) };
}
