import { withinResources } from '../within-resources.js';
import { setWorkMeter, type WorkMeter } from '../work-meter.js';
import { buildTree } from '../xml-tree/build-tree.js';
import { isText, xmlUri, type TreeNode } from '../xml-tree/tree-node.js';
import type { XPathEnvironment } from '../xpath/evaluate.js';
import { fragments, isNodeSet, toText } from '../xpath/xpath-value.js';
import { expandedName, isFragment, plainValue, prefixResolver } from './expression.js';
import { extensionFunction } from './functions.js';
import { loadStylesheet } from './load.js';
import { xsltNumber } from './number-text.js';
import { ResultBuilder } from './result-builder.js';
import {
  Scope,
  type Frame,
  type Run,
  type Stylesheet,
  type Template,
  type XsltValue,
} from './runtime.js';
import { serializeResult } from './serialize-result.js';
import { transformError } from './xslt-error.js';

/** What a transformation may take. */
export interface XsltLimits {
  /** Nodes visited, made and compared, expressions evaluated, texts read (512 characters). */
  readonly steps: number;
  /** Calls of templates within each other. */
  readonly depth: number;
  /** Characters of the result. */
  readonly output: number;
}

/** What a transformation may take by default. */
export const defaultXsltLimits: XsltLimits = { steps: 20_000_000, depth: 500, output: 16_000_000 };

/** The result of a transformation. */
export interface XsltResult {
  readonly text: string;
  /** Texts of xsl:message. */
  readonly messages: readonly string[];
  readonly method: 'xml' | 'html' | 'text' | null;
}

/** A compiled stylesheet. */
export interface CompiledXslt {
  /** Transforms a document; parameters are text, numbers, booleans. */
  transform(
    xml: string,
    parameters?: Readonly<Record<string, string | number | boolean>>,
    limits?: XsltLimits,
  ): XsltResult;
}

/**
 * Compiles a stylesheet of XSLT 1.0 with the behaviour of XslCompiledTransform without settings:
 * scripts, document(), imports and includes are refused. Throws XslLoadException or XmlException.
 */
export function compileXslt(stylesheet: string): CompiledXslt {
  const compiled = withinResources(() => loadStylesheet(stylesheet));
  return {
    transform: (xml, parameters = {}, limits = defaultXsltLimits) =>
      withinResources(() => {
        const source = buildTree(xml, { blanks: 'keep', mergeText: true });
        stripSource(source, compiled, false);
        return new Transformation(compiled, source, { parameters, limits }).result();
      }),
  };
}

/** Compiles and runs in one. */
export function transformXslt(
  stylesheet: string,
  xml: string,
  parameters: Readonly<Record<string, string | number | boolean>> = {},
): string {
  return compileXslt(stylesheet).transform(xml, parameters).text;
}

function stripSource(node: TreeNode, stylesheet: Stylesheet, preserve: boolean): void {
  const space = node.attributes.find(({ uri, local }) => uri === xmlUri && local === 'space');
  const keep = space ? space.value === 'preserve' : preserve;
  if (node.kind === 'element' && !keep && stylesheet.strips(node))
    node.children = node.children.filter(
      (child) => !(isText(child) && /^[ \t\r\n]*$/.test(child.value)),
    );
  for (const child of node.children) stripSource(child, stylesheet, keep);
}

function fragmentSet(document: TreeNode): readonly TreeNode[] {
  const nodes = [document];
  fragments.add(nodes);
  return nodes;
}

class Transformation implements Run, WorkMeter {
  readonly messages: string[] = [];
  private readonly globals = new Map<string, XsltValue>();
  private readonly evaluating = new Set<string>();
  private readonly keys = new Map<string, Map<TreeNode, Map<string, TreeNode[]>>>();
  private readonly ids = new Map<TreeNode, string>();
  private readonly rules = new Map<string, readonly Template[]>();
  private readonly output: ResultBuilder;
  private steps = 0;
  private depth = 0;

  constructor(
    readonly stylesheet: Stylesheet,
    readonly source: TreeNode,
    private readonly given: {
      readonly parameters: Readonly<Record<string, string | number | boolean>>;
      readonly limits: XsltLimits;
    },
  ) {
    this.output = new ResultBuilder(given.limits.output);
  }

  result(): XsltResult {
    const former = setWorkMeter(this);
    try {
      return this.transform();
    } finally {
      setWorkMeter(former);
    }
  }

  private transform(): XsltResult {
    const frame = this.rootFrame();
    for (const name of this.stylesheet.globals.keys()) this.global(name);
    this.applyTemplates([this.source], frame, '');
    const { output } = this.stylesheet;
    return {
      text: serializeResult(this.output.document, output),
      messages: this.messages,
      method: output.method,
    };
  }

  environment(frame: Frame, resolvePrefix: (prefix: string) => string): XPathEnvironment {
    return {
      resolvePrefix,
      step: () => this.step(),
      variable: (prefix, local) => {
        const name = expandedName(prefix, local, resolvePrefix);
        const value = frame.scope.get(name) ?? this.global(name);
        if (value === undefined)
          throw transformError(
            `The variable or parameter '${local}' is either not defined or it is out of scope.`,
          );
        // As an argument a fragment is the node-set of its document.
        return isFragment(value) ? fragmentSet(value) : value;
      },
      function: (prefix, local) => {
        const uri = prefix === '' ? '' : resolvePrefix(prefix);
        const found = extensionFunction(uri, local);
        if (!found) throw transformError(`'${local}()' is an unknown XSLT function.`);
        return (args, context) => found.call(args, { frame, context, resolve: resolvePrefix });
      },
    };
  }

  applyTemplates(nodes: readonly TreeNode[], frame: Frame, mode: string): void {
    for (const [i, node] of nodes.entries()) {
      this.step();
      this.enter();
      const at = { ...frame, node, position: i + 1, size: nodes.length, mode };
      const template = this.rulesOf(mode).find((rule) => this.fits(rule, at));
      if (template) template.body({ ...at, template, scope: new Scope(null) });
      else this.builtIn(at);
      this.leave();
    }
  }

  // A stylesheet on its own has nothing imported: the built-in rules apply.
  applyImports(frame: Frame): void {
    this.builtIn({ ...frame, params: new Map() });
  }

  key(name: string, root: TreeNode): ReadonlyMap<string, readonly TreeNode[]> {
    const byRoot = this.keys.get(name) ?? new Map<TreeNode, Map<string, TreeNode[]>>();
    this.keys.set(name, byRoot);
    const known = byRoot.get(root);
    if (known) return known;
    const index = new Map<string, TreeNode[]>();
    byRoot.set(root, index);
    this.indexNodes(name, root, index);
    return index;
  }

  idOf(node: TreeNode): string {
    const id = this.ids.get(node) ?? `id${(this.ids.size + 1).toString(36).toUpperCase()}`;
    this.ids.set(node, id);
    return id;
  }

  global(name: string): XsltValue | undefined {
    const known = this.globals.get(name);
    if (known !== undefined) return known;
    const definition = this.stylesheet.globals.get(name);
    if (!definition) return undefined;
    if (this.evaluating.has(name))
      throw transformError(`Circular reference in the definition of variable '${name}'.`);
    this.evaluating.add(name);
    const { parameters } = this.given;
    const value =
      definition.isParameter && Object.hasOwn(parameters, name)
        ? parameters[name]!
        : definition.value(this.rootFrame());
    this.evaluating.delete(name);
    this.globals.set(name, value);
    return value;
  }

  step(count = 1): void {
    this.steps += count;
    if (this.steps > this.given.limits.steps)
      throw transformError('The transformation takes too many steps.');
  }

  enter(): void {
    if (++this.depth > this.given.limits.depth)
      throw transformError('Templates call each other too deeply.');
  }

  leave(): void {
    this.depth--;
  }

  private rootFrame(): Frame {
    return {
      run: this,
      node: this.source,
      position: 1,
      size: 1,
      scope: new Scope(null),
      output: this.output,
      template: null,
      mode: '',
      params: new Map(),
    };
  }

  // Rules of a mode, the winning ones first: priority, then the last in the stylesheet.
  private rulesOf(mode: string): readonly Template[] {
    let rules = this.rules.get(mode);
    if (!rules) {
      rules = this.stylesheet.templates
        .filter((template) => template.mode === mode)
        .toSorted((a, b) => b.priority - a.priority || b.order - a.order);
      this.rules.set(mode, rules);
    }
    return rules;
  }

  private fits(rule: Template, frame: Frame): boolean {
    return (
      rule.pattern?.matches(frame.node, this.environment(frame, prefixResolver(frame.node))) ??
      false
    );
  }

  private builtIn(frame: Frame): void {
    const { node, output, mode } = frame;
    if (node.kind === 'element' || node.kind === 'document')
      this.applyTemplates(
        node.children.filter(({ kind }) => kind !== 'declaration' && kind !== 'doctype'),
        { ...frame, params: new Map() },
        mode,
      );
    else if (isText(node) || node.kind === 'attribute') output.text(node.value);
  }

  private indexNodes(name: string, root: TreeNode, index: Map<string, TreeNode[]>): void {
    const definitions = this.stylesheet.keys.get(name);
    if (!definitions) throw transformError(`A reference to key '${name}' cannot be resolved.`);
    const frame = this.rootFrame();
    const visit = (node: TreeNode): void => {
      this.step();
      for (const { pattern, use } of definitions) {
        const environment = this.environment({ ...frame, node }, prefixResolver(node));
        if (!pattern.matches(node, environment)) continue;
        const value = use({ node, position: 1, size: 1, numberText: xsltNumber, environment });
        const texts = isNodeSet(value)
          ? value.map((one) => one.stringValue)
          : [toText(plainValue(value), xsltNumber)];
        for (const text of new Set(texts)) {
          const found = index.get(text) ?? [];
          // Another definition of the same key may have found it.
          if (found.at(-1) !== node) found.push(node);
          index.set(text, found);
        }
      }
      for (const attribute of node.attributes) if (!attribute.isDeclaration) visit(attribute);
      for (const child of node.children) visit(child);
    };
    visit(root);
  }
}
