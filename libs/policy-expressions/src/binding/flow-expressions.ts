import type { Argument, Expression, ExpressionOf, LambdaNode, Statement } from '../syntax/tree.js';
import type { Designation, Pattern } from '../syntax/tree-parts.js';
import { assign, FlowScopes, join, type Assigned } from './flow-state.js';
import { CompileError } from './problem.js';

/** The states in which a condition is true and false. */
interface Branches {
  readonly yes: Assigned;
  readonly no: Assigned;
}

/** Definite assignment through expressions. */
export abstract class ExpressionFlow {
  readonly scopes = new FlowScopes();

  abstract statement(node: Statement, state: Assigned): Assigned;

  /** The state after an expression. */
  expression(node: Expression, state: Assigned): Assigned {
    if (node.kind === 'name') return this.read(node.name, node.start, state);
    if (node.kind === 'binary') return this.binary(node, state);
    if (node.kind === 'unary' || node.kind === 'is' || node.kind === 'conditional')
      return both(this.condition(node, state));
    if (node.kind === 'assign') return this.assignment(node, state);
    if (node.kind === 'invoke') return this.invocation(node, state);
    if (node.kind === 'declaration') return this.designate(node.designation, state);
    if (node.kind === 'new') return this.children(node, this.arguments(node.args, state));
    if (node.kind === 'throw') {
      this.expression(node.value, state);
      return null;
    }
    if (node.kind === 'lambda') {
      this.lambda(node, state);
      return state;
    }
    if (node.kind === 'conditionalAccess') {
      const target = this.expression(node.target, state);
      this.expression(node.access, target);
      return target;
    }
    return this.children(node, state);
  }

  private binary(node: ExpressionOf<'binary'>, state: Assigned): Assigned {
    if (node.operator === '&&' || node.operator === '||') return both(this.condition(node, state));
    if (node.operator !== '??') return this.chain(node, state);
    const left = this.expression(node.left, state);
    this.expression(node.right, left);
    return left;
  }

  /** A long chain of binary operators nests to the left: it is walked in a loop. */
  private chain(node: ExpressionOf<'binary'>, state: Assigned): Assigned {
    const rights: Expression[] = [];
    let first: Expression = node;
    while (first.kind === 'binary' && !['&&', '||', '??'].includes(first.operator)) {
      rights.push(first.right);
      first = first.left;
    }
    let current = this.expression(first, state);
    for (const right of rights.reverse()) current = this.expression(right, current);
    return current;
  }

  /** Visits what a node contains, in the order written. */
  private children(node: object, state: Assigned): Assigned {
    let current = state;
    for (const value of Object.values(node)) {
      for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof item !== 'object' || item === null) continue;
        const inner = item as { kind?: string };
        if (inner.kind !== undefined && /Type$/.test(inner.kind)) continue;
        const isExpression = inner.kind !== undefined && !/Initializer$/.test(inner.kind);
        current = isExpression
          ? this.expression(item as Expression, current)
          : this.children(item, current);
      }
    }
    return current;
  }

  private read(name: string, start: number, state: Assigned): Assigned {
    const variable = this.scopes.find(name);
    if (variable !== undefined && state !== null && !state.has(variable)) {
      throw new CompileError('CS0165', `Use of unassigned local variable '${name}'`, start);
    }
    return state;
  }

  private assignment(node: ExpressionOf<'assign'>, state: Assigned): Assigned {
    const { target, operator, value } = node;
    if (operator !== '') return this.expression(value, this.expression(target, state));
    if (target.kind === 'name') {
      const after = this.expression(value, state);
      const variable = this.scopes.find(target.name);
      return variable === undefined ? after : assign(after, variable);
    }
    if (target.kind === 'tuple') return this.targets(target, this.expression(value, state));
    if (target.kind === 'declaration' || isVarCall(target))
      return this.targets(target, this.expression(value, state));
    return this.expression(value, this.expression(target, state));
  }

  /** The places that a deconstruction sets. */
  private targets(target: Expression, state: Assigned): Assigned {
    if (target.kind === 'tuple')
      return target.elements.reduce((s, e) => this.targets(e.value, s), state);
    if (target.kind === 'declaration') return this.designate(target.designation, state);
    if (target.kind === 'invoke') {
      return target.args.reduce(
        (s, a) =>
          a.value.kind === 'name'
            ? assign(s, this.scopes.declare(a.value.name))
            : this.targets(a.value, s),
        state,
      );
    }
    if (target.kind === 'name') {
      const variable = this.scopes.find(target.name);
      return variable === undefined ? state : assign(state, variable);
    }
    return this.expression(target, state);
  }

  designate(designation: Designation, state: Assigned): Assigned {
    if (designation.kind === 'several')
      return designation.parts.reduce((s, p) => this.designate(p, s), state);
    return designation.name === null ? state : assign(state, this.scopes.declare(designation.name));
  }

  private invocation(node: ExpressionOf<'invoke'>, state: Assigned): Assigned {
    if (node.target.kind === 'name' && node.target.name === 'nameof') return state;
    return this.arguments(node.args, this.expression(node.target, state));
  }

  private arguments(args: readonly Argument[], state: Assigned): Assigned {
    let current = state;
    const outputs: number[] = [];
    for (const { mode, value } of args) {
      const variable =
        mode === 'out' && value.kind === 'name' ? this.scopes.find(value.name) : undefined;
      if (variable !== undefined) outputs.push(variable);
      else if (!(mode === 'out' && value.kind === 'name'))
        current = this.expression(value, current);
    }
    for (const variable of outputs) current = assign(current, variable);
    return current;
  }

  private lambda(node: LambdaNode, state: Assigned): void {
    const { scopes } = this;
    const { outputs } = scopes;
    scopes.outputs = [];
    scopes.within(() => {
      let inner: Assigned = state;
      for (const p of node.parameters ?? []) inner = assign(inner, scopes.declare(p.name));
      if (node.body.kind === 'block') this.statement(node.body, inner);
      else this.expression(node.body, inner);
    });
    scopes.outputs = outputs;
  }

  /** The states after a condition that is true, and that is false. */
  condition(node: Expression, state: Assigned): Branches {
    if (node.kind === 'bool')
      return node.value ? { yes: state, no: null } : { yes: null, no: state };
    if (node.kind === 'parenthesized') return this.condition(node.operand, state);
    if (node.kind === 'binary') return this.logical(node, state);
    if (node.kind === 'unary' && node.operator === '!') {
      const { yes, no } = this.condition(node.operand, state);
      return { yes: no, no: yes };
    }
    if (node.kind === 'unary') return same(this.expression(node.operand, state));
    if (node.kind === 'is') {
      const after = this.expression(node.operand, state);
      return { yes: this.pattern(node.pattern, after), no: after };
    }
    if (node.kind === 'conditional') {
      const test = this.condition(node.test, state);
      const a = this.condition(node.yes, test.yes);
      const b = this.condition(node.no, test.no);
      return { yes: join(a.yes, b.yes), no: join(a.no, b.no) };
    }
    return same(this.expression(node, state));
  }

  private logical(node: ExpressionOf<'binary'>, state: Assigned): Branches {
    if (node.operator !== '&&' && node.operator !== '||') return same(this.expression(node, state));
    const left = this.condition(node.left, state);
    if (node.operator === '&&') {
      const right = this.condition(node.right, left.yes);
      return { yes: right.yes, no: join(left.no, right.no) };
    }
    const right = this.condition(node.right, left.no);
    return { yes: join(left.yes, right.yes), no: right.no };
  }

  /** The state in which a pattern has matched. */
  pattern(pattern: Pattern, state: Assigned): Assigned {
    if (
      pattern.kind === 'constantPattern' ||
      pattern.kind === 'typePattern' ||
      pattern.name === null
    )
      return state;
    return assign(state, this.scopes.declare(pattern.name));
  }
}

function isVarCall(node: Expression): boolean {
  return node.kind === 'invoke' && node.target.kind === 'name' && node.target.name === 'var';
}

const same = (state: Assigned): Branches => ({ yes: state, no: state });
const both = ({ yes, no }: Branches): Assigned => join(yes, no);
