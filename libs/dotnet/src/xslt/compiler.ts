import { isText, type TreeNode } from '../xml-tree/tree-node.js';
import type { StaticScope } from './expression.js';
import { instructionNames } from './instruction-names.js';
import type { Frame, Instruction } from './runtime.js';
import { loadError, xslNamespace } from './xslt-error.js';

/** Compiles one instruction element. */
export type InstructionCompiler = (element: TreeNode, compiler: Compiler) => Instruction;

/** What is known of the whole stylesheet while its parts are compiled. */
export interface StylesheetNames {
  readonly keys: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly templates: ReadonlySet<string>;
  readonly decimalFormats: ReadonlySet<string>;
  readonly attributeSets: ReadonlySet<string>;
  /** Namespace aliases: stylesheet namespace to result prefix and namespace. */
  readonly aliases: ReadonlyMap<string, { prefix: string; uri: string }>;
}

/** How elements are compiled. */
export interface ElementCompilers {
  readonly instructions: ReadonlyMap<string, InstructionCompiler>;
  readonly literal: InstructionCompiler;
}

/** Compiles sequences of instructions; knows the variables in scope. */
export class Compiler {
  constructor(
    readonly names: StylesheetNames,
    private readonly elements: ElementCompilers,
    /** Variables of the template so far. */
    private readonly locals: ReadonlySet<string> = new Set(),
  ) {}

  /** The static scope for an expression of this element. */
  scope(element: TreeNode): StaticScope {
    const variables = new Set([...this.names.globals, ...this.locals]);
    return { element, variables, keys: this.names.keys };
  }

  /** Compiles the content of an element. */
  content(parent: TreeNode, skip: (child: TreeNode) => boolean = () => false): Instruction {
    const steps: Instruction[] = [];
    let compiler = this.with(null);
    for (const child of parent.children) {
      if (skip(child)) continue;
      const instruction = compiler.instruction(child);
      if (instruction) steps.push(instruction);
      const declared = declaredVariable(child);
      if (declared === undefined) continue;
      const name = nameOf(child, declared);
      // A variable may hide a global one, but none of its own template.
      if (compiler.locals.has(name))
        throw loadError(
          `The variable or parameter '${declared}' was duplicated within the same scope.`,
        );
      compiler = compiler.with(name);
    }
    return sequence(steps);
  }

  private with(variable: string | null): Compiler {
    const locals = variable === null ? this.locals : new Set([...this.locals, variable]);
    return new Compiler(this.names, this.elements, locals);
  }

  private instruction(node: TreeNode): Instruction | undefined {
    if (isText(node)) {
      const { value } = node;
      return (frame) => frame.output.text(value);
    }
    if (node.kind !== 'element') return undefined;
    if (node.uri !== xslNamespace) return this.elements.literal(node, this);
    const compile = this.elements.instructions.get(node.local);
    if (compile) return compile(node, this);
    if (node.local === 'param' || instructionNames.has(node.local)) return undefined;
    throw loadError(
      `'${node.name}' cannot be a child of the '${node.parent?.name ?? ''}' element.`,
    );
  }
}

function sequence(steps: readonly Instruction[]): Instruction {
  const [only] = steps;
  if (steps.length === 1 && only) return only;
  return (frame: Frame) => {
    for (const step of steps) step(frame);
  };
}

function declaredVariable(node: TreeNode): string | undefined {
  if (node.kind !== 'element' || node.uri !== xslNamespace) return undefined;
  if (node.local !== 'variable' && node.local !== 'param') return undefined;
  return attributeOf(node, 'name');
}

function nameOf(element: TreeNode, name: string): string {
  const colon = name.indexOf(':');
  if (colon < 0) return name.trim();
  return `{${element.lookupPrefix(name.slice(0, colon)) ?? ''}}${name.slice(colon + 1)}`;
}

/** An attribute without namespace. */
export function attributeOf(element: TreeNode, name: string): string | undefined {
  return element.attributes.find(({ uri, local }) => uri === '' && local === name)?.value;
}

/** The same, required. */
export function requiredAttribute(element: TreeNode, name: string): string {
  const value = attributeOf(element, name);
  if (value === undefined) throw loadError(`Missing mandatory attribute '${name}'.`);
  return value;
}

/** Child elements of XSLT of that name. */
export function xslChildren(element: TreeNode, name: string): TreeNode[] {
  return element.children.filter(
    (child) => child.kind === 'element' && child.uri === xslNamespace && child.local === name,
  );
}

/** Refuses attributes that an XSLT element does not have. */
export function checkAttributes(element: TreeNode, known: readonly string[]): void {
  for (const { uri, local, name } of element.attributes)
    if (uri === '' && !known.includes(local))
      throw loadError(`'${name}' is an invalid attribute for the '${element.name}' element.`);
}

/** `yes` or `no`. */
export function yesNo(element: TreeNode, name: string): boolean | undefined {
  const value = attributeOf(element, name);
  if (value === undefined) return undefined;
  if (value !== 'yes' && value !== 'no')
    throw loadError(`The value of the '${name}' attribute must be 'yes' or 'no'.`);
  return value === 'yes';
}
