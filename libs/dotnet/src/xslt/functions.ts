import { countWork } from '../work-meter.js';
import { DateTime } from '../dates/date-time.js';
import { DotNetError } from '../dotnet-error.js';
import { invariantCulture } from '../culture/culture.js';
import { formatDateTime } from '../dates/format-date-time.js';
import { parseDateTime } from '../dates/parse-date-time.js';
import { compareText } from '../text/compare.js';
import type { TreeNode } from '../xml-tree/tree-node.js';
import type { XPathContext } from '../xpath/evaluate.js';
import { coreFunctions } from '../xpath/functions.js';
import {
  inDocumentOrder,
  isNodeSet,
  toNumber,
  toText,
  type XPathValue,
} from '../xpath/xpath-value.js';
import { formatXsltNumber } from './format-number.js';
import { xsltNumber } from './number-text.js';
import type { Frame } from './runtime.js';
import { transformError, xslNamespace } from './xslt-error.js';
import { instructionNames } from './instruction-names.js';

const msxsl = 'urn:schemas-microsoft-com:xslt';
const exsltCommon = 'http://exslt.org/common';

/** A function that XSLT adds to XPath. */
export interface ExtensionFunction {
  readonly least: number;
  readonly most: number;
  call(args: readonly XPathValue[], site: FunctionSite): XPathValue;
}

/** Where a function is called. */
export interface FunctionSite {
  readonly frame: Frame;
  readonly context: XPathContext;
  readonly resolve: (prefix: string) => string;
}

const text = (value: XPathValue | undefined): string => toText(value ?? '', xsltNumber);

function expand(name: string, { resolve }: FunctionSite): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : `{${resolve(name.slice(0, colon))}}${name.slice(colon + 1)}`;
}

function key(args: readonly XPathValue[], site: FunctionSite): readonly TreeNode[] {
  const index = site.frame.run.key(expand(text(args[0]), site), site.context.node.root);
  const wanted = args[1]!;
  const values = isNodeSet(wanted) ? wanted.map((node) => node.stringValue) : [text(wanted)];
  const found = [...new Set(values)].flatMap((value) => index.get(value) ?? []);
  countWork(found.length);
  return inDocumentOrder(found);
}

function formatNumber(args: readonly XPathValue[], site: FunctionSite): string {
  const name = args[2] === undefined ? '' : expand(text(args[2]), site);
  const format = site.frame.run.stylesheet.decimalFormats.get(name);
  if (!format) throw transformError(`Decimal format '${name}' is not defined.`);
  return formatXsltNumber(toNumber(args[0]!), text(args[1]), format);
}

function generateId(args: readonly XPathValue[], { frame, context }: FunctionSite): string {
  const nodes = args[0];
  const node = nodes === undefined ? context.node : isNodeSet(nodes) ? nodes[0] : undefined;
  return node ? frame.run.idOf(node) : '';
}

function systemProperty(args: readonly XPathValue[], site: FunctionSite): XPathValue {
  const name = expand(text(args[0]), site);
  if (name === `{${xslNamespace}}version`) return 1;
  if (name === `{${xslNamespace}}vendor`) return 'Microsoft';
  if (name === `{${xslNamespace}}vendor-url`) return 'http://www.microsoft.com';
  return '';
}

function elementAvailable(args: readonly XPathValue[], site: FunctionSite): boolean {
  const name = expand(text(args[0]), site);
  const prefix = `{${xslNamespace}}`;
  return name.startsWith(prefix) && instructionNames.has(name.slice(prefix.length));
}

function functionAvailable(args: readonly XPathValue[], site: FunctionSite): boolean {
  const name = expand(text(args[0]), site);
  const match = /^\{([^}]*)\}(.*)$/.exec(name);
  const uri = match?.[1] ?? '';
  const local = match?.[2] ?? name;
  if (uri === '' && (local === 'document' || local === 'unparsed-entity-uri'))
    return local === 'document';
  return (uri === '' && coreFunctions.has(local)) || extensionFunction(uri, local) !== undefined;
}

function formatDate(args: readonly XPathValue[]): string {
  try {
    const date = parseDateTime(text(args[0]), {
      culture: invariantCulture,
      now: DateTime.unixEpoch,
    });
    const format = text(args[1]);
    return formatDateTime(date, format === '' ? 'd' : format, invariantCulture);
  } catch (error) {
    if (error instanceof DotNetError) return '';
    throw error;
  }
}

function refuse(message: string): ExtensionFunction {
  return {
    least: 0,
    most: Number.POSITIVE_INFINITY,
    call: () => {
      throw transformError(message);
    },
  };
}

function define(least: number, most: number, call: ExtensionFunction['call']): ExtensionFunction {
  return { least, most, call };
}

// What is no node-set becomes a text node in other processors; .NET takes fragments and node-sets.
const nodeSet = define(1, 1, ([value]) => (isNodeSet(value!) ? [...value] : value!));

const functions = new Map<string, ExtensionFunction>([
  ['current', define(0, 0, (_, { frame }) => [frame.node])],
  ['key', define(2, 2, key)],
  ['format-number', define(2, 3, formatNumber)],
  ['generate-id', define(0, 1, generateId)],
  ['system-property', define(1, 1, systemProperty)],
  ['element-available', define(1, 1, elementAvailable)],
  ['function-available', define(1, 1, functionAvailable)],
  [
    'document',
    refuse(
      "Execution of the 'document()' function was prohibited. Use the XsltSettings.EnableDocumentFunction property to enable it.",
    ),
  ],
  ['unparsed-entity-uri', refuse("'unparsed-entity-uri()' is an unsupported XSLT function.")],
  [`{${msxsl}}node-set`, nodeSet],
  [`{${exsltCommon}}node-set`, nodeSet],
  [
    `{${exsltCommon}}object-type`,
    define(1, 1, ([value]) => (isNodeSet(value!) ? 'node-set' : typeof value!)),
  ],
  [
    `{${msxsl}}string-compare`,
    define(2, 4, (args) =>
      Math.sign(
        compareText(
          text(args[0]),
          text(args[1]),
          text(args[3]).includes('i') ? 'InvariantCultureIgnoreCase' : 'InvariantCulture',
        ),
      ),
    ),
  ],
  [`{${msxsl}}number`, define(1, 1, ([value]) => toNumber(value!))],
  [`{${msxsl}}format-date`, define(1, 3, formatDate)],
  [`{${msxsl}}format-time`, define(1, 3, (args) => formatDate([args[0]!, args[1] ?? 'T']))],
]);

/** The function of an expanded name, beyond XPath's own. */
export function extensionFunction(uri: string, local: string): ExtensionFunction | undefined {
  return functions.get(uri === '' ? local : `{${uri}}${local}`);
}
