import type { TreeNode } from '../xml-tree/tree-node.js';
import { isText } from '../xml-tree/tree-node.js';
import {
  attributeOf,
  checkAttributes,
  requiredAttribute,
  xslChildren,
  yesNo,
  type Compiler,
  type InstructionCompiler,
} from './compiler.js';
import { compileXPath, expandQName } from './expression.js';
import { inner } from './frame.js';
import { Scope, type Frame, type Instruction, type XsltValue } from './runtime.js';
import { compileSorts } from './sort.js';
import { compileValue } from './value-instructions.js';
import { ResultBuilder } from './result-builder.js';
import { loadError, transformError, xslNamespace } from './xslt-error.js';

const isSort = (node: TreeNode): boolean =>
  node.kind === 'element' && node.uri === xslNamespace && node.local === 'sort';

const ifInstruction: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['test']);
  const test = compileXPath(requiredAttribute(element, 'test'), compiler.scope(element));
  const body = compiler.content(element);
  return (frame) => {
    if (test.boolean(frame)) body(inner(frame));
  };
};

const choose: InstructionCompiler = (element, compiler) => {
  for (const child of element.children)
    if (isText(child)) throw loadError("'xsl:choose' element cannot have text node children.");
  const whens = xslChildren(element, 'when').map((when) => ({
    test: compileXPath(requiredAttribute(when, 'test'), compiler.scope(when)),
    body: compiler.content(when),
  }));
  if (whens.length === 0)
    throw loadError("An 'xsl:choose' element must have at least one 'xsl:when' child.");
  const [otherwise] = xslChildren(element, 'otherwise');
  const last = otherwise && compiler.content(otherwise);
  return (frame) => {
    const found = whens.find(({ test }) => test.boolean(frame));
    (found?.body ?? last)?.(inner(frame));
  };
};

const forEach: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['select']);
  const select = compileXPath(requiredAttribute(element, 'select'), compiler.scope(element));
  if (['string', 'number', 'binary', 'negate'].includes(select.tree.kind))
    throw loadError('Expression must evaluate to a node-set.');
  const sort = compileSorts(xslChildren(element, 'sort'), compiler);
  const body = compiler.content(element, isSort);
  return (frame) => {
    const nodes = sort(select.nodes(frame), frame);
    for (const [i, node] of nodes.entries()) {
      frame.run.step();
      const scope = new Scope(frame.scope);
      body({ ...frame, node, position: i + 1, size: nodes.length, scope, template: null });
    }
  };
};

const applyTemplates: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['select', 'mode']);
  const select = compileXPath(attributeOf(element, 'select') ?? 'node()', compiler.scope(element));
  const modeName = attributeOf(element, 'mode');
  const mode = modeName === undefined ? '' : expandQName(modeName, element);
  const sort = compileSorts(xslChildren(element, 'sort'), compiler);
  const params = compileParameters(element, compiler);
  return (frame) => {
    const nodes = sort(select.nodes(frame), frame);
    frame.run.applyTemplates(nodes, { ...frame, params: params(frame) }, mode);
  };
};

const callTemplate: InstructionCompiler = (element, compiler) => {
  checkAttributes(element, ['name']);
  const written = requiredAttribute(element, 'name');
  const name = expandQName(written, element);
  if (!compiler.names.templates.has(name))
    throw loadError(`The named template '${written}' does not exist.`);
  const params = compileParameters(element, compiler);
  return (frame) => {
    frame.run.enter();
    const template = frame.run.stylesheet.named.get(name)!;
    template.body({ ...frame, scope: new Scope(null), params: params(frame) });
    frame.run.leave();
  };
};

function compileParameters(
  element: TreeNode,
  compiler: Compiler,
): (frame: Frame) => ReadonlyMap<string, XsltValue> {
  const given = xslChildren(element, 'with-param').map((param) => ({
    name: expandQName(requiredAttribute(param, 'name'), param),
    value: compileValue(param, compiler),
  }));
  return (frame) => new Map(given.map(({ name, value }) => [name, value(frame)]));
}

const variable: InstructionCompiler = (element, compiler) => {
  const name = expandQName(requiredAttribute(element, 'name'), element);
  const value = compileValue(element, compiler);
  return (frame) => frame.scope.set(name, value(frame));
};

const parameter: InstructionCompiler = (element, compiler) => {
  const name = expandQName(requiredAttribute(element, 'name'), element);
  const value = compileValue(element, compiler);
  return (frame) => frame.scope.set(name, frame.params.get(name) ?? value(frame));
};

const message: InstructionCompiler = (element, compiler) => {
  const terminate = yesNo(element, 'terminate') ?? false;
  const body = compiler.content(element);
  return (frame) => {
    const output = new ResultBuilder(1_000_000);
    body({ ...inner(frame), output });
    const text = output.document.stringValue;
    if (terminate) throw transformError(text);
    frame.run.messages.push(text);
  };
};

const applyImports: InstructionCompiler = () => (frame) => frame.run.applyImports(frame);

const nothing: InstructionCompiler = (): Instruction => () => {};

/** Instructions that choose, loop and call. */
export const flowInstructions: readonly (readonly [string, InstructionCompiler])[] = [
  ['if', ifInstruction],
  ['choose', choose],
  ['for-each', forEach],
  ['apply-templates', applyTemplates],
  ['apply-imports', applyImports],
  ['call-template', callTemplate],
  ['variable', variable],
  ['param', parameter],
  ['message', message],
  ['fallback', nothing],
];
