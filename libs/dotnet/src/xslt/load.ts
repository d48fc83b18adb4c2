import { buildTree } from '../xml-tree/build-tree.js';
import { isText, xmlUri, type TreeNode } from '../xml-tree/tree-node.js';
import { attributeOf, checkAttributes, Compiler, requiredAttribute } from './compiler.js';
import { compileXPath, expandQName } from './expression.js';
import { flowInstructions } from './flow-instructions.js';
import { inner } from './frame.js';
import { literalElement, namespaceOf } from './literal-element.js';
import { numberInstruction } from './number-instruction.js';
import { readOutput } from './output-settings.js';
import { parsePattern } from './pattern.js';
import type {
  GlobalVariable,
  Instruction,
  KeyDefinition,
  Stylesheet,
  Template,
} from './runtime.js';
import { readDecimalFormat, defaultDecimalFormat } from './decimal-format.js';
import { readStripRules } from './strip-space.js';
import { compileValue, valueInstructions } from './value-instructions.js';
import { loadError, xslNamespace } from './xslt-error.js';

const instructions = new Map([
  ...flowInstructions,
  ...valueInstructions,
  ['number', numberInstruction] as const,
]);
const topLevel = new Set([
  'import',
  'include',
  'strip-space',
  'preserve-space',
  'output',
  'key',
  'decimal-format',
  'namespace-alias',
  'attribute-set',
  'variable',
  'param',
  'template',
]);

/** Compiles a stylesheet; throws XslLoadException, XslTransformException or XmlException. */
export function loadStylesheet(text: string): Stylesheet {
  const document = buildTree(text, { blanks: 'keep', mergeText: true });
  const root = document.children.find(({ kind }) => kind === 'element')!;
  stripBlanks(root, false);
  if (root.uri !== xslNamespace) return simplified(root);
  if (root.local !== 'stylesheet' && root.local !== 'transform')
    throw loadError(`'${root.name}' is not a stylesheet.`);
  requiredAttribute(root, 'version');
  checkPrefixLists(root);
  return new Loader(root).load();
}

// A literal result element as stylesheet: one template for the document.
function simplified(root: TreeNode): Stylesheet {
  if (!root.attributes.some(({ uri, local }) => uri === xslNamespace && local === 'version'))
    throw loadError(
      "Stylesheet must start either with an 'xsl:stylesheet' or an 'xsl:transform' element, or with a literal result element that has an 'xsl:version' attribute.",
    );
  return new Loader(root).load();
}

function checkPrefixLists(root: TreeNode): void {
  for (const name of ['exclude-result-prefixes', 'extension-element-prefixes'])
    for (const prefix of (attributeOf(root, name) ?? '').split(/\s+/))
      if (prefix !== '') namespaceOf(prefix, root);
}

// White space between the tags of a stylesheet is no content, except in xsl:text.
function stripBlanks(element: TreeNode, preserve: boolean): void {
  const space = element.attributes.find(({ uri, local }) => uri === xmlUri && local === 'space');
  const keep = space ? space.value === 'preserve' : preserve;
  const isTextElement = element.uri === xslNamespace && element.local === 'text';
  if (!keep && !isTextElement)
    element.children = element.children.filter(
      (child) => !(isText(child) && /^[ \t\r\n]*$/.test(child.value)),
    );
  for (const child of element.children) if (child.kind === 'element') stripBlanks(child, keep);
}

class Loader {
  private readonly elements: readonly TreeNode[];
  private readonly compiler: Compiler;

  constructor(private readonly root: TreeNode) {
    const isSimplified = root.uri !== xslNamespace;
    this.elements = isSimplified ? [] : root.children.filter((node) => this.isTopLevel(node));
    this.compiler = new Compiler(
      {
        keys: this.declared('key'),
        globals: new Set([...this.declared('variable'), ...this.declared('param')]),
        templates: this.declared('template'),
        decimalFormats: this.declared('decimal-format'),
        attributeSets: this.declared('attribute-set'),
        aliases: this.aliases(),
      },
      { instructions, literal: literalElement },
    );
  }

  load(): Stylesheet {
    const templates = this.templates();
    const formats = new Map([['', defaultDecimalFormat]]);
    for (const element of this.of('decimal-format')) {
      const name = attributeOf(element, 'name');
      formats.set(name === undefined ? '' : expandQName(name, element), readDecimalFormat(element));
    }
    return {
      templates: templates.filter(({ pattern }) => pattern !== null),
      named: namedTemplates(templates),
      keys: this.keys(),
      globals: this.globals(),
      attributeSets: this.attributeSets(),
      decimalFormats: formats,
      output: readOutput(this.of('output')),
      strips: readStripRules(this.elements),
    };
  }

  private isTopLevel(node: TreeNode): boolean {
    if (node.kind !== 'element') {
      if (isText(node))
        throw loadError(`'${this.root.name}' element cannot have text node children.`);
      return false;
    }
    // Elements of other namespaces at the top are data of their own, except scripts.
    if (node.uri === 'urn:schemas-microsoft-com:xslt' && node.local === 'script')
      throw loadError(
        'Execution of scripts was prohibited. Use the XsltSettings.EnableScript property to enable it.',
      );
    if (node.uri !== xslNamespace) return false;
    if (node.local === 'import' || node.local === 'include')
      throw loadError(`'${node.name}' is prohibited: a stylesheet stands on its own.`);
    if (!topLevel.has(node.local))
      throw loadError(`'${node.name}' cannot be a child of the '${this.root.name}' element.`);
    return true;
  }

  private of(name: string): TreeNode[] {
    return this.elements.filter(({ local }) => local === name);
  }

  private declared(name: string): Set<string> {
    return new Set(
      this.of(name).flatMap((element) => {
        const value = attributeOf(element, 'name');
        return value === undefined ? [] : [expandQName(value, element)];
      }),
    );
  }

  private aliases(): Map<string, { prefix: string; uri: string }> {
    return new Map(
      this.of('namespace-alias').map((element) => {
        const prefix = requiredAttribute(element, 'result-prefix');
        const uri = namespaceOf(prefix, element);
        const from = namespaceOf(requiredAttribute(element, 'stylesheet-prefix'), element);
        return [from, { prefix: prefix === '#default' ? '' : prefix, uri }];
      }),
    );
  }

  private templates(): Template[] {
    if (this.root.uri !== xslNamespace) {
      const wrapper = this.compiler.content(this.root.parent!);
      const [pattern] = parsePattern('/');
      return [
        {
          name: null,
          pattern: pattern!,
          mode: '',
          priority: 0.5,
          precedence: 0,
          order: 0,
          body: (frame) => wrapper(inner(frame)),
        },
      ];
    }
    return this.of('template').flatMap((element, order) => this.template(element, order));
  }

  private template(element: TreeNode, order: number): Template[] {
    checkAttributes(element, ['match', 'name', 'priority', 'mode']);
    const [match, name, mode, priority] = ['match', 'name', 'mode', 'priority'].map((attribute) =>
      attributeOf(element, attribute),
    );
    if (match === undefined && name === undefined)
      throw loadError(
        "'xsl:template' must have either a 'match' attribute or a 'name' attribute, or both.",
      );
    const body = this.compiler.content(element);
    const shared = {
      name: name === undefined ? null : expandQName(name, element),
      mode: mode === undefined ? '' : expandQName(mode, element),
      precedence: 0,
      order,
      body,
    };
    if (match === undefined) return [{ ...shared, pattern: null, priority: 0 }];
    compileXPath(match, this.compiler.scope(element));
    return parsePattern(match).map((pattern, i) => ({
      ...shared,
      // The name belongs to the template once.
      name: i === 0 ? shared.name : null,
      pattern: located(pattern, element),
      priority: priority === undefined ? pattern.defaultPriority : Number(priority),
    }));
  }

  private keys(): Map<string, KeyDefinition[]> {
    const keys = new Map<string, KeyDefinition[]>();
    for (const element of this.of('key')) {
      checkAttributes(element, ['name', 'match', 'use']);
      const name = expandQName(requiredAttribute(element, 'name'), element);
      const use = compileXPath(requiredAttribute(element, 'use'), this.compiler.scope(element));
      for (const pattern of parsePattern(requiredAttribute(element, 'match')))
        keys.set(name, [
          ...(keys.get(name) ?? []),
          { pattern: located(pattern, element), use: use.at },
        ]);
    }
    return keys;
  }

  private globals(): Map<string, GlobalVariable> {
    const globals = new Map<string, GlobalVariable>();
    for (const element of this.elements) {
      if (element.local !== 'variable' && element.local !== 'param') continue;
      const written = requiredAttribute(element, 'name');
      const name = expandQName(written, element);
      if (globals.has(name))
        throw loadError(
          `The variable or parameter '${written}' was duplicated with the same import precedence.`,
        );
      const value = compileValue(element, this.compiler);
      globals.set(name, { isParameter: element.local === 'param', precedence: 0, value });
    }
    return globals;
  }

  private attributeSets(): Map<string, Instruction[]> {
    const sets = new Map<string, Instruction[]>();
    for (const element of this.of('attribute-set')) {
      const name = expandQName(requiredAttribute(element, 'name'), element);
      const body = this.compiler.content(element);
      const used = (attributeOf(element, 'use-attribute-sets') ?? '').split(/\s+/).filter(Boolean);
      const names = used.map((one) => expandQName(one, element));
      const set: Instruction = (frame) => {
        frame.run.enter();
        for (const other of names)
          for (const part of frame.run.stylesheet.attributeSets.get(other) ?? []) part(frame);
        body(inner(frame));
        frame.run.leave();
      };
      sets.set(name, [...(sets.get(name) ?? []), set]);
    }
    return sets;
  }
}

// Prefixes of a pattern are those of its element.
function located(pattern: ReturnType<typeof parsePattern>[number], element: TreeNode) {
  return {
    ...pattern,
    matches: (node: TreeNode, environment: Parameters<typeof pattern.matches>[1]) =>
      pattern.matches(node, {
        ...environment,
        resolvePrefix: (prefix) => namespaceOf(prefix, element),
      }),
  };
}

function namedTemplates(templates: readonly Template[]): Map<string, Template> {
  const named = new Map<string, Template>();
  for (const template of templates) {
    if (template.name === null) continue;
    if (named.has(template.name))
      throw loadError(`'${template.name}' is a duplicate template name.`);
    named.set(template.name, template);
  }
  return named;
}
