import {
  buildTree,
  DotNetError,
  isNodeSet,
  jsonOfXml,
  outerXml,
  queryXPath,
  setWorkMeter,
  WorkError,
  xmlOfJson,
  type TreeNode,
} from '@isthmus/dotnet';
import type { WorkflowExpressionError } from '../error.js';
import { envelopeOf, envelopeText, isEnvelope, type ContentEnvelope } from '../envelope.js';
import { parseJson } from '../json/read.js';
import { writeJson } from '../json/write.js';
import { floatOf, isObject, type WorkflowValue } from '../value.js';
import { stringAt, wrongKind } from './arguments.js';
import { jsonOf } from './conversion.js';
import { eager, failure, type WorkflowFunction } from './function.js';

const xmlType = 'application/xml;charset=utf-8';

/** Whether a media type is XML. */
function isXmlType(contentType: string): boolean {
  return /^(?:application|text)\/(?:[^;\s]+\+)?xml\s*(?:;|$)/i.test(contentType);
}

function xmlEnvelope(text: string): ContentEnvelope {
  return envelopeOf(xmlType, Buffer.from(text, 'utf8'));
}

/**
 * Runs a .NET conversion on so many steps; its exceptions, and work that does not end, become the failure of the
 * function.
 */
function converting<T>(
  steps: number,
  run: () => T,
  fail: (message: string) => WorkflowExpressionError,
): T {
  let left = steps;
  const former = setWorkMeter({
    step(count = 1) {
      left -= count;
      if (left < 0) throw new WorkError();
      former?.step(count);
    },
  });
  try {
    return run();
  } catch (error) {
    throw error instanceof DotNetError || error instanceof WorkError ? fail(error.message) : error;
  } finally {
    setWorkMeter(former);
  }
}

/** What reading or writing a text may take: as much as its length, whatever it is. */
function stepsOfReading(length: number): number {
  return 5_000_000 + 4 * length;
}

/** What a query may take: most go through the document a few times, hostile ones once for each of its nodes. */
function stepsOfQuery(length: number): number {
  return 2_000_000 + Math.min(length / 4, 6_000_000);
}

/** The document on one line, its declaration as written; of an object the document that Newtonsoft makes of it. */
function xml([value = null]: readonly WorkflowValue[]): WorkflowValue {
  const text =
    typeof value === 'string' ? value : isEnvelope(value) ? envelopeText(value) : undefined;
  if (text === undefined && !isObject(value)) {
    throw wrongKind('xml', undefined, 'a string, an object or an XML content', value);
  }
  const source = text ?? writeJson(value);
  const convert = (): string =>
    text === undefined
      ? (xmlOfJson(source) ?? '')
      : outerXml(buildTree(source, { dtd: 'internal' }));
  return xmlEnvelope(
    converting(stepsOfReading(source.length), convert, (message) =>
      failure(
        'xml',
        `parameter is not valid. The provided value cannot be converted to XML: '${message}'.`,
      ),
    ),
  );
}

/** Content of envelopes is UTF-8, whatever their declarations say: these two cannot be mistaken for it. */
const wideEncoding = /^<\?xml[^>]*encoding\s*=\s*["']utf-(?:16|32)/i;

function jsonOfContent(envelope: ContentEnvelope): WorkflowValue {
  const text = envelopeText(envelope);
  if (!isXmlType(envelope['$content-type'])) return jsonOf('json', text);
  const fail = (message: string): WorkflowExpressionError =>
    failure(
      'json',
      `parameter is not valid. The provided value cannot be converted to JSON: '${message}'.`,
    );
  if (wideEncoding.test(text))
    throw fail('There is no Unicode byte order mark. Cannot switch to Unicode.');
  return parseJson(converting(stepsOfReading(text.length), () => jsonOfXml(text), fail));
}

/** JSON text, an envelope that holds some, or XML by Newtonsoft's rules. */
function json([value = null]: readonly WorkflowValue[]): WorkflowValue {
  if (typeof value === 'string') return jsonOf('json', value);
  if (isEnvelope(value)) return jsonOfContent(value);
  throw wrongKind('json', undefined, 'a string or an XML', value);
}

/** Definitions ask one document many questions: it is read once as long as its envelope lives. */
const trees = new WeakMap<ContentEnvelope, TreeNode>();

function treeOf(envelope: ContentEnvelope): TreeNode {
  let tree = trees.get(envelope);
  if (tree === undefined) {
    const text = envelopeText(envelope);
    tree = converting(
      stepsOfReading(text.length),
      () => buildTree(text, { mergeText: true, dtd: 'internal' }),
      (message) =>
        failure('xpath', `parameter is not valid. The provided value is no XML: '${message}'.`),
    );
    trees.set(envelope, tree);
  }
  return tree;
}

/** Elements as XML envelopes, anything else as its text. */
function nodeValue(node: TreeNode): WorkflowValue {
  const isTree = node.kind === 'element' || node.kind === 'document';
  return isTree ? xmlEnvelope(outerXml(node)) : node.stringValue;
}

/** XPath 1.0: a set of nodes as an array, always; strings, numbers and booleans as they are. */
function xpath(args: readonly WorkflowValue[]): WorkflowValue {
  const [content = null] = args;
  if (!isEnvelope(content)) throw wrongKind('xpath', 0, 'an XML content', content);
  const expression = stringAt('xpath', args, 1);
  const tree = treeOf(content);
  const steps = stepsOfQuery(content.$content.length);
  const result = converting(
    steps,
    () => queryXPath(tree, expression, steps),
    (message) =>
      failure('xpath', `was invoked with an expression that is not valid: '${message}'.`),
  );
  if (isNodeSet(result)) return result.map(nodeValue);
  return typeof result === 'number' ? floatOf(result) : result;
}

/** XML as envelopes: blanks between elements are dropped, empty elements are `<a />`. */
export const xmlFunctions: readonly WorkflowFunction[] = [
  eager('xml', [1, 1], xml),
  eager('json', [1, 1], json),
  eager('xpath', [2, 2], xpath),
];
