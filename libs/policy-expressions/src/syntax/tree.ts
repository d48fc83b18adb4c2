import type { NumberKind } from './token.js';
import {
  type Designation,
  type Pattern,
  type ArrayInitializer,
  type Initializer,
  type QueryNode,
} from './tree-parts.js';

/** A node's `start` is its offset in the expression text. */
export interface At {
  readonly start: number;
}

export type TypeNode = At &
  (
    | {
        readonly kind: 'namedType';
        readonly parts: readonly { readonly name: string; readonly args: readonly TypeNode[] }[];
        readonly omitted: boolean;
      }
    | { readonly kind: 'nullableType'; readonly element: TypeNode }
    | { readonly kind: 'arrayType'; readonly element: TypeNode; readonly rank: number }
    | {
        readonly kind: 'tupleType';
        readonly elements: readonly { readonly type: TypeNode; readonly name: string | null }[];
      }
  );

export interface Argument extends At {
  readonly name: string | null;
  readonly mode: 'value' | 'ref' | 'out' | 'in';
  readonly value: Expression;
}

export interface ParameterNode extends At {
  readonly name: string;
  readonly type: TypeNode | null;
  readonly mode: 'value' | 'ref' | 'out' | 'in' | 'params';
  readonly initial: Expression | null;
}

export interface Interpolation extends At {
  readonly value: Expression;
  readonly alignment: Expression | null;
  readonly format: string | null;
}

export type LambdaNode = At & {
  readonly kind: 'lambda';
  /** null: `delegate { … }` without a parameter list. */
  readonly parameters: readonly ParameterNode[] | null;
  readonly body: Expression | BlockNode;
};

export type Expression = At &
  (
    | { readonly kind: 'number'; readonly number: NumberKind; readonly digits: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'char'; readonly value: number }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'interpolated'; readonly parts: readonly (string | Interpolation)[] }
    | {
        readonly kind: 'name';
        readonly name: string;
        readonly args: readonly TypeNode[] | null;
        readonly verbatim: boolean;
      }
    | { readonly kind: 'predefined'; readonly type: TypeNode }
    | {
        readonly kind: 'member';
        readonly target: Expression;
        readonly name: string;
        readonly args: readonly TypeNode[] | null;
      }
    | {
        readonly kind: 'conditionalAccess';
        readonly target: Expression;
        readonly access: Expression;
      }
    | { readonly kind: 'receiver' }
    | { readonly kind: 'invoke'; readonly target: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'element'; readonly target: Expression; readonly args: readonly Argument[] }
    | {
        readonly kind: 'unary';
        readonly operator: '+' | '-' | '!' | '~' | '++' | '--';
        readonly operand: Expression;
      }
    | { readonly kind: 'postfix'; readonly operator: '++' | '--'; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'assign';
        readonly operator: BinaryOperator | '';
        readonly target: Expression;
        readonly value: Expression;
      }
    | {
        readonly kind: 'conditional';
        readonly test: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
    | { readonly kind: 'cast'; readonly type: TypeNode; readonly operand: Expression }
    | { readonly kind: 'as'; readonly operand: Expression; readonly type: TypeNode }
    | { readonly kind: 'is'; readonly operand: Expression; readonly pattern: Pattern }
    | { readonly kind: 'typeof'; readonly type: TypeNode }
    | { readonly kind: 'sizeof'; readonly type: TypeNode }
    | { readonly kind: 'default'; readonly type: TypeNode | null }
    | { readonly kind: 'checked'; readonly checked: boolean; readonly operand: Expression }
    | { readonly kind: 'parenthesized'; readonly operand: Expression }
    | {
        readonly kind: 'new';
        readonly type: TypeNode;
        readonly args: readonly Argument[];
        readonly initializer: Initializer | null;
      }
    | {
        readonly kind: 'newArray';
        readonly type: TypeNode;
        readonly sizes: readonly Expression[];
        readonly initializer: ArrayInitializer | null;
      }
    | {
        readonly kind: 'newImplicitArray';
        readonly rank: number;
        readonly initializer: ArrayInitializer;
      }
    | ArrayInitializer
    | {
        readonly kind: 'newAnonymous';
        readonly members: readonly { readonly name: string | null; readonly value: Expression }[];
      }
    | LambdaNode
    | QueryNode
    | {
        readonly kind: 'tuple';
        readonly elements: readonly { readonly name: string | null; readonly value: Expression }[];
      }
    | { readonly kind: 'declaration'; readonly type: TypeNode; readonly designation: Designation }
    | { readonly kind: 'throw'; readonly value: Expression }
    | { readonly kind: 'ref'; readonly value: Expression }
  );

export type ExpressionOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '<<'
  | '>>'
  | '<'
  | '>'
  | '<='
  | '>='
  | '=='
  | '!='
  | '&'
  | '|'
  | '^'
  | '&&'
  | '||'
  | '??';

export type BlockNode = At & {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
  readonly end: number;
};

export interface LocalFunctionNode extends At {
  readonly kind: 'localFunction';
  readonly name: string;
  readonly returns: TypeNode;
  readonly typeParameters: readonly string[];
  readonly constraints: readonly {
    readonly parameter: string;
    readonly texts: readonly string[];
  }[];
  readonly parameters: readonly ParameterNode[];
  readonly body: Expression | BlockNode;
}

export interface SwitchSection extends At {
  readonly labels: readonly (At & {
    readonly pattern: Pattern | null;
    readonly when: Expression | null;
  })[];
  readonly statements: readonly Statement[];
}

export interface CatchNode extends At {
  readonly type: TypeNode | null;
  readonly name: string | null;
  readonly when: Expression | null;
  readonly body: BlockNode;
}

export type DeclarationNode = At & {
  readonly kind: 'local';
  readonly isConst: boolean;
  readonly type: TypeNode;
  readonly variables: readonly (At & {
    readonly name: string;
    readonly initial: Expression | null;
  })[];
};

export type Statement = At &
  (
    | BlockNode
    | DeclarationNode
    | LocalFunctionNode
    | { readonly kind: 'expression'; readonly value: Expression }
    | { readonly kind: 'empty' }
    | {
        readonly kind: 'if';
        readonly test: Expression;
        readonly yes: Statement;
        readonly no: Statement | null;
      }
    | {
        readonly kind: 'for';
        readonly initial: DeclarationNode | readonly Expression[];
        readonly test: Expression | null;
        readonly step: readonly Expression[];
        readonly body: Statement;
      }
    | {
        readonly kind: 'foreach';
        readonly type: TypeNode | null;
        readonly target: Designation | Expression;
        readonly source: Expression;
        readonly body: Statement;
      }
    | { readonly kind: 'while'; readonly test: Expression; readonly body: Statement }
    | { readonly kind: 'do'; readonly body: Statement; readonly test: Expression }
    | {
        readonly kind: 'switch';
        readonly value: Expression;
        readonly sections: readonly SwitchSection[];
      }
    | { readonly kind: 'break' | 'continue' | 'yieldBreak' }
    | { readonly kind: 'return'; readonly value: Expression | null }
    | { readonly kind: 'yieldReturn'; readonly value: Expression }
    | { readonly kind: 'throwStatement'; readonly value: Expression | null }
    | {
        readonly kind: 'try';
        readonly body: BlockNode;
        readonly catches: readonly CatchNode[];
        readonly finally: BlockNode | null;
      }
    | {
        readonly kind: 'using';
        readonly resource: DeclarationNode | Expression;
        readonly body: Statement;
      }
    | { readonly kind: 'goto'; readonly label: string }
    | { readonly kind: 'gotoCase'; readonly value: Expression | null }
    | { readonly kind: 'labeled'; readonly label: string; readonly statement: Statement }
    | { readonly kind: 'checkedStatement'; readonly checked: boolean; readonly body: BlockNode }
    | { readonly kind: 'lock'; readonly value: Expression; readonly body: Statement }
  );

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;
