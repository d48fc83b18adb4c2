import {
  isArray,
  isObject,
  memberOf,
  membersOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { wishOfInputs } from './action-wishes.js';
import {
  branchesOf,
  holds,
  isWhole,
  nodesOf,
  operandOf,
  withoutString,
} from './definition-parts.js';
import { ExpressionWishes, type Roots } from './expression-wishes.js';
import { wishOfSchema } from './schema-wishes.js';
import { Shape } from './shape.js';

/** An action of the definition, at any depth. */
interface Found {
  readonly name: string;
  readonly type: string;
  readonly source: WorkflowObject;
}

/** What the expressions of a definition want of all that a stub makes up. */
export class DefinitionShapes {
  /** The body of the trigger. */
  readonly trigger = new Shape();
  /** `headers`, `queries` and `relativePathParameters` of the trigger. */
  readonly triggerOutputs = new Shape();
  private readonly named = new Map<string, Shape>();
  private readonly actions = new Map<string, Found>();
  private readonly resolving = new Set<string>();
  /** What `triggerBody()` is in the actions: with `splitOn` one item. */
  private readonly body: Shape;

  constructor(private readonly definition: WorkflowObject) {
    this.collect(definition);
    this.body = this.splitBody();
    const triggers = memberOf(definition, 'triggers');
    for (const [, source] of isObject(triggers) ? membersOf(triggers) : [])
      if (isObject(source)) this.visitTrigger(source);
    const actions = memberOf(definition, 'actions');
    if (isObject(actions)) this.visitActions(actions, undefined);
    this.visit(memberOf(definition, 'outputs'), undefined);
  }

  /** The body that a call answers with. */
  call(name: string): Shape {
    return this.of(`body/${name.toLowerCase()}`);
  }

  /** The headers that a call answers with. */
  headers(name: string): Shape {
    return this.of(`headers/${name.toLowerCase()}`);
  }

  parameter(name: string): Shape {
    return this.of(`parameter/${name.toLowerCase()}`);
  }

  setting(name: string): Shape {
    return this.of(`setting/${name.toLowerCase()}`);
  }

  private of(key: string): Shape {
    const shape = this.named.get(key) ?? new Shape();
    this.named.set(key, shape);
    return shape;
  }

  private collect(holder: WorkflowObject): void {
    for (const [member, value] of membersOf(holder)) {
      if (!isObject(value)) continue;
      if (member.toLowerCase() !== 'actions') this.collect(value);
      else
        for (const [name, source] of membersOf(value)) {
          if (!isObject(source)) continue;
          const type = memberOf(source, 'type');
          const found = { name, type: typeof type === 'string' ? type.toLowerCase() : '', source };
          this.actions.set(name.toLowerCase(), found);
          this.collect(source);
        }
    }
  }

  private splitBody(): Shape {
    const triggers = memberOf(this.definition, 'triggers');
    const [first] = isObject(triggers) ? membersOf(triggers) : [];
    const splitOn = first && isObject(first[1]) ? memberOf(first[1], 'splitOn') : undefined;
    const list =
      typeof splitOn === 'string' ? this.whole(splitOn, undefined, this.trigger) : undefined;
    return list?.item().prefer({}) ?? this.trigger;
  }

  private visitTrigger(source: WorkflowObject): void {
    const inputs = memberOf(source, 'inputs');
    if (isObject(inputs)) wishOfSchema(this.trigger, memberOf(inputs, 'schema'));
    const conditions = memberOf(source, 'conditions');
    for (const one of isArray(conditions) ? conditions : [])
      if (isObject(one)) this.condition(memberOf(one, 'expression'), undefined, true);
  }

  private visitActions(actions: WorkflowObject, item: Shape | undefined): void {
    for (const [name, source] of membersOf(actions)) {
      const found = this.actions.get(name.toLowerCase());
      if (found && isObject(source)) this.visitAction({ ...found, source }, item);
    }
  }

  private visitAction({ name, type, source }: Found, item: Shape | undefined): void {
    let inside = item;
    if (type === 'foreach') {
      const list = this.whole(memberOf(source, 'foreach'), item);
      inside = this.of(`item/${name.toLowerCase()}`);
      list?.use('list').item().join(inside);
    } else if (type === 'if' || type === 'until')
      this.condition(memberOf(source, 'expression'), item, true);
    else if (type === 'switch') this.switch(source, item);
    this.inputs(type, memberOf(source, 'inputs'), item);
    for (const branch of branchesOf(source)) this.visitActions(branch, inside);
  }

  /** A Switch takes the first of its cases. */
  private switch(source: WorkflowObject, item: Shape | undefined): void {
    const cases = memberOf(source, 'cases');
    const [first] = isObject(cases) ? membersOf(cases) : [];
    const value = first && isObject(first[1]) ? memberOf(first[1], 'case') : undefined;
    const shape = this.whole(memberOf(source, 'expression'), item);
    if (value === undefined || (typeof value === 'string' && value.includes('@'))) return;
    shape?.use(typeof value === 'string' ? 'string' : 'number').prefer(value);
  }

  private inputs(type: string, inputs: WorkflowValue | undefined, item: Shape | undefined): void {
    if (inputs === undefined) return;
    let inside = item;
    if (isObject(inputs) && memberOf(inputs, 'from') !== undefined) {
      inside = new Shape();
      this.whole(memberOf(inputs, 'from'), item)?.use('list').item().join(inside);
      this.condition(memberOf(inputs, 'where'), inside, true);
    }
    wishOfInputs(type, inputs, {
      whole: (value) => this.whole(value, item),
      leading: (value) => this.leading(value, item),
      variable: (name) => this.of(`variable/${name.toLowerCase()}`),
    });
    this.visit(inputs, inside);
  }

  /** Everything that is read in a value. */
  private visit(value: WorkflowValue | undefined, item: Shape | undefined): void {
    if (typeof value === 'string') {
      for (const node of nodesOf(value)) {
        const shape = this.wishes(item).visit(node);
        if (!isWhole(value)) shape?.use('word');
      }
    } else if (isArray(value)) for (const inner of value) this.visit(inner, item);
    else if (value !== undefined && isObject(value))
      for (const [name, member] of membersOf(value))
        if (name.toLowerCase() !== 'schema') this.visit(member, item);
  }

  private condition(
    value: WorkflowValue | undefined,
    item: Shape | undefined,
    isWanted: boolean,
  ): void {
    const wishes = this.wishes(item);
    if (typeof value === 'string')
      for (const node of nodesOf(value)) wishes.condition(node, isWanted);
    else if (isArray(value)) for (const inner of value) this.condition(inner, item, isWanted);
    else if (value !== undefined && isObject(value))
      for (const [name, operands] of membersOf(value)) {
        const operator = name.toLowerCase();
        if (operator === 'and' || operator === 'or') this.condition(operands, item, isWanted);
        else if (operator === 'not') this.condition(operands, item, !isWanted);
        else if (isArray(operands))
          wishes.compare(
            operator,
            operands.flatMap((operand) => operandOf(operand) ?? []),
            isWanted,
          );
      }
  }

  /** The shape of a value that is one expression and nothing else. */
  private whole(
    value: WorkflowValue | undefined,
    item: Shape | undefined,
    body?: Shape,
  ): Shape | undefined {
    const [node, ...others] = typeof value === 'string' ? nodesOf(value) : [];
    const isOne = typeof value === 'string' && isWhole(value);
    return node && others.length === 0 && isOne ? this.wishes(item, body).visit(node) : undefined;
  }

  /** The shape of the value that a text begins with. */
  private leading(value: WorkflowValue | undefined, item: Shape | undefined): Shape | undefined {
    if (typeof value !== 'string' || !value.startsWith('@')) return undefined;
    const [node] = nodesOf(value);
    const first =
      node?.kind === 'function' && node.name.toLowerCase() === 'concat' ? node.arguments[0] : node;
    return first ? this.wishes(item).visit(first) : undefined;
  }

  private wishes(item: Shape | undefined, body = this.body): ExpressionWishes {
    return new ExpressionWishes(this.roots(item, body));
  }

  private roots(item: Shape | undefined, body: Shape): Roots {
    return {
      reference: (name, argument) => {
        const key = argument?.toLowerCase() ?? '';
        switch (name) {
          case 'triggerbody':
            return body;
          case 'triggeroutputs':
            return this.outputsAround(body);
          case 'item':
            return item;
          case 'items':
            return this.of(`item/${key}`);
          case 'variables':
            return this.of(`variable/${key}`);
          case 'parameters':
            return key === '$connections' ? undefined : this.parameter(key);
          case 'appsetting':
            return this.setting(key);
          case 'body':
            return this.bodyOf(key);
          case 'outputs':
            return this.outputsOf(key);
          default:
            return undefined;
        }
      },
    };
  }

  /** The outputs of the trigger: in the actions their body may be one item of the list that came. */
  private outputsAround(body: Shape): Shape {
    if (body === this.trigger) {
      this.triggerOutputs.member('body').join(body);
      return this.triggerOutputs;
    }
    const inside = this.of('item outputs');
    for (const name of ['headers', 'queries'])
      inside.member(name).join(this.triggerOutputs.member(name));
    inside.member('body').join(body);
    return inside;
  }

  private bodyOf(key: string): Shape | undefined {
    const action = this.actions.get(key);
    if (action?.type === 'compose')
      return this.source(key, action, memberOf(action.source, 'inputs'));
    const inputs = action && memberOf(action.source, 'inputs');
    const member = (name: string): WorkflowValue | undefined =>
      inputs !== undefined && isObject(inputs) ? memberOf(inputs, name) : undefined;
    // It gives what it reads, or some of it.
    if (action?.type === 'parsejson') return this.source(key, action, member('content'));
    if (action?.type === 'query') return this.source(key, action, member('from'));
    return this.call(key);
  }

  private outputsOf(key: string): Shape | undefined {
    if (this.actions.get(key)?.type === 'compose') return this.bodyOf(key);
    const outputs = this.of(`outputs/${key}`);
    const body = this.bodyOf(key);
    if (body) outputs.member('body').join(body);
    outputs.member('headers').join(this.headers(key));
    return outputs;
  }

  /** What an action passes on: the shape of its source, or one that nothing makes up. */
  private source(key: string, action: Found, value: WorkflowValue | undefined): Shape | undefined {
    const known = this.of(`passed/${key}`);
    if (this.resolving.has(key)) return known;
    this.resolving.add(key);
    const text = action.type === 'parsejson' ? withoutString(value) : value;
    this.whole(text, this.itemAround(key))?.join(known);
    return known;
  }

  /** The item of the innermost loop around an action. */
  private itemAround(key: string): Shape | undefined {
    for (const [name, { type, source }] of this.actions) {
      const inner = memberOf(source, 'actions');
      const isInside =
        type === 'foreach' && isObject(inner ?? null) && holds(inner as WorkflowObject, key);
      if (isInside) return this.of(`item/${name}`);
    }
    return undefined;
  }
}
