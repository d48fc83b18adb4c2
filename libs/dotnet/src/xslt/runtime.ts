import type { TreeNode } from '../xml-tree/tree-node.js';
import type { XPathContext, XPathEnvironment } from '../xpath/evaluate.js';
import type { XPathValue } from '../xpath/xpath-value.js';
import type { Pattern } from './pattern.js';
import type { ResultBuilder } from './result-builder.js';

/** A value of a variable: XPath's kinds, or a result tree fragment (a document). */
export type XsltValue = XPathValue | TreeNode;

/** Variables of one place; outer ones are found through `outer`. */
export class Scope {
  private readonly values = new Map<string, XsltValue>();

  constructor(private readonly outer: Scope | null) {}

  set(name: string, value: XsltValue): void {
    this.values.set(name, value);
  }

  get(name: string): XsltValue | undefined {
    return this.values.get(name) ?? this.outer?.get(name);
  }
}

/** The state in which an instruction runs. */
export interface Frame {
  readonly run: Run;
  readonly node: TreeNode;
  readonly position: number;
  readonly size: number;
  readonly scope: Scope;
  readonly output: ResultBuilder;
  /** The rule being applied, for xsl:apply-imports; null inside for-each. */
  readonly template: Template | null;
  readonly mode: string;
  readonly params: ReadonlyMap<string, XsltValue>;
}

export type Instruction = (frame: Frame) => void;

export interface Template {
  readonly name: string | null;
  readonly pattern: Pattern | null;
  readonly mode: string;
  readonly priority: number;
  /** Import precedence, then the place in the stylesheet. */
  readonly precedence: number;
  readonly order: number;
  readonly body: Instruction;
}

export interface KeyDefinition {
  readonly pattern: Pattern;
  readonly use: (context: XPathContext) => XPathValue;
}

export interface DecimalFormat {
  readonly decimalSeparator: string;
  readonly groupingSeparator: string;
  readonly infinity: string;
  readonly minusSign: string;
  readonly nan: string;
  readonly percent: string;
  readonly perMille: string;
  readonly zeroDigit: string;
  readonly digit: string;
  readonly patternSeparator: string;
}

/** Attributes of xsl:output, merged. */
export interface OutputSettings {
  method: 'xml' | 'html' | 'text' | null;
  encoding: string | null;
  omitDeclaration: boolean;
  standalone: string | null;
  indent: boolean | null;
  doctypePublic: string | null;
  doctypeSystem: string | null;
  /** Expanded names `{uri}local`. */
  readonly cdataElements: Set<string>;
}

/** One top-level variable or parameter. */
export interface GlobalVariable {
  readonly isParameter: boolean;
  readonly precedence: number;
  value(frame: Frame): XsltValue;
}

/** A stylesheet ready to run. */
export interface Stylesheet {
  readonly templates: readonly Template[];
  readonly named: ReadonlyMap<string, Template>;
  readonly keys: ReadonlyMap<string, readonly KeyDefinition[]>;
  readonly globals: ReadonlyMap<string, GlobalVariable>;
  readonly attributeSets: ReadonlyMap<string, readonly Instruction[]>;
  readonly decimalFormats: ReadonlyMap<string, DecimalFormat>;
  readonly output: OutputSettings;
  /** Whether white space of an element of the source is dropped. */
  strips(element: TreeNode): boolean;
}

/** One run of a stylesheet. */
export interface Run {
  readonly stylesheet: Stylesheet;
  readonly source: TreeNode;
  readonly messages: string[];
  environment(frame: Frame, resolvePrefix: (prefix: string) => string): XPathEnvironment;
  applyTemplates(nodes: readonly TreeNode[], frame: Frame, mode: string): void;
  applyImports(frame: Frame): void;
  key(name: string, root: TreeNode): ReadonlyMap<string, readonly TreeNode[]>;
  /** A number for a node that is the same whenever asked. */
  idOf(node: TreeNode): string;
  global(name: string): XsltValue | undefined;
  step(): void;
  enter(): void;
  leave(): void;
}
