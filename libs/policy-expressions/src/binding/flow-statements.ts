import type { LocalFunctionNode, Statement, StatementOf } from '../syntax/tree.js';
import { ExpressionFlow } from './flow-expressions.js';
import { assign, join, union, type Assigned } from './flow-state.js';
import { CompileError } from './problem.js';

/** Definite assignment through statements. */
export class StatementFlow extends ExpressionFlow {
  /** The state in which control leaves a statement at its end. */
  statement(node: Statement, state: Assigned): Assigned {
    switch (node.kind) {
      case 'block':
        return this.scopes.within(() => this.statements(node.statements, state));
      case 'local':
        return this.local(node, state);
      case 'localFunction':
        this.localFunction(node);
        return state;
      case 'expression':
        return this.expression(node.value, state);
      case 'if': {
        const { yes, no } = this.condition(node.test, state);
        const a = this.scopes.within(() => this.statement(node.yes, yes));
        return join(
          a,
          node.no === null ? no : this.scopes.within(() => this.statement(node.no!, no)),
        );
      }
      case 'while':
      case 'do':
      case 'for':
        return this.scopes.within(() => this.loop(node, state));
      case 'foreach':
        return this.foreach(node, state);
      case 'switch':
        return this.scopes.within(() => this.switch(node, state));
      case 'try':
        return this.try(node, state);
      case 'using':
        return this.scopes.within(() => {
          const { resource } = node;
          return this.statement(
            node.body,
            resource.kind === 'local'
              ? this.local(resource, state)
              : this.expression(resource, state),
          );
        });
      case 'labeled':
        return this.statement(
          node.statement,
          join(state, this.scopes.labels.get(node.label) ?? null),
        );
      case 'checkedStatement':
        return this.statement(node.body, state);
      case 'lock':
        return this.statement(node.body, this.expression(node.value, state));
      case 'empty':
      case 'break':
      case 'continue':
      case 'goto':
      case 'gotoCase':
      case 'return':
      case 'throwStatement':
      case 'yieldBreak':
      case 'yieldReturn':
        return this.jump(node, state);
    }
  }

  private statements(nodes: readonly Statement[], state: Assigned): Assigned {
    return nodes.reduce<Assigned>((s, n) => this.statement(n, s), state);
  }

  private jump(
    node: StatementOf<
      | 'empty'
      | 'break'
      | 'continue'
      | 'yieldBreak'
      | 'return'
      | 'yieldReturn'
      | 'throwStatement'
      | 'goto'
      | 'gotoCase'
    >,
    state: Assigned,
  ): Assigned {
    const { jumps, labels } = this.scopes;
    switch (node.kind) {
      case 'empty':
        return state;
      case 'break': {
        const target = jumps.at(-1);
        if (target !== undefined) target.breaks = join(target.breaks, state);
        return null;
      }
      case 'goto':
        labels.set(node.label, join(labels.get(node.label) ?? null, state));
        return null;
      case 'return':
      case 'throwStatement': {
        const after = node.value === null ? state : this.expression(node.value, state);
        if (node.kind === 'return') this.requireOutputs(after);
        return null;
      }
      case 'yieldReturn':
        return this.expression(node.value, state);
      case 'gotoCase':
        if (node.value !== null) this.expression(node.value, state);
        return null;
      case 'continue':
      case 'yieldBreak':
        return null;
    }
  }

  private requireOutputs(state: Assigned): void {
    for (const { name, id, start } of this.scopes.outputs) {
      if (state !== null && !state.has(id))
        throw new CompileError(
          'CS0177',
          `The out parameter '${name}' must be assigned to before control leaves the current method`,
          start,
        );
    }
  }

  private local(node: StatementOf<'local'>, state: Assigned): Assigned {
    let current = state;
    for (const { name, initial } of node.variables) {
      const variable = this.scopes.declare(name);
      if (initial !== null) current = assign(this.expression(initial, current), variable);
    }
    return current;
  }

  /** Its body is checked as if all outer variables were assigned: calls decide that, and they come later. */
  private localFunction(node: LocalFunctionNode): void {
    const { scopes } = this;
    const { outputs } = scopes;
    const everything = scopes.everything();
    scopes.within(() => {
      let state = everything;
      const own: { name: string; id: number; start: number }[] = [];
      for (const p of node.parameters) {
        const id = scopes.declare(p.name);
        if (p.mode === 'out') own.push({ name: p.name, id, start: p.start });
        else state = assign(state, id);
      }
      scopes.outputs = own;
      const after =
        node.body.kind === 'block'
          ? this.statement(node.body, state)
          : this.expression(node.body, state);
      this.requireOutputs(after);
    });
    scopes.outputs = outputs;
  }

  private loop(node: StatementOf<'while' | 'do' | 'for'>, state: Assigned): Assigned {
    const jump = { breaks: null as Assigned, continues: null as Assigned };
    this.scopes.jumps.push(jump);
    const after = this.turn(node, state);
    this.scopes.jumps.pop();
    return join(after, jump.breaks);
  }

  private turn(node: StatementOf<'while' | 'do' | 'for'>, state: Assigned): Assigned {
    if (node.kind === 'do') {
      const body = this.scopes.within(() => this.statement(node.body, state));
      return this.condition(node.test, join(body, this.scopes.jumps.at(-1)!.continues) ?? state).no;
    }
    let before = state;
    if (node.kind === 'for') {
      before =
        'kind' in node.initial
          ? this.local(node.initial, state)
          : node.initial.reduce<Assigned>((s, e) => this.expression(e, s), state);
    }
    const { yes, no } =
      node.test === null ? { yes: before, no: null } : this.condition(node.test, before);
    const body = this.scopes.within(() => this.statement(node.body, yes));
    if (node.kind === 'for') for (const step of node.step) this.expression(step, body);
    return no;
  }

  private foreach(node: StatementOf<'foreach'>, state: Assigned): Assigned {
    const before = this.expression(node.source, state);
    const jump = { breaks: null as Assigned, continues: null as Assigned };
    this.scopes.jumps.push(jump);
    this.scopes.within(() => {
      const { target } = node;
      const inside =
        target.kind === 'variable' || target.kind === 'several'
          ? this.designate(target, before)
          : this.declareAll(target, before);
      this.statement(node.body, inside);
    });
    this.scopes.jumps.pop();
    return before;
  }

  private declareAll(target: StatementOf<'foreach'>['target'], state: Assigned): Assigned {
    if (target.kind === 'tuple')
      return target.elements.reduce<Assigned>((s, e) => this.declareAll(e.value, s), state);
    return target.kind === 'declaration' ? this.designate(target.designation, state) : state;
  }

  private switch(node: StatementOf<'switch'>, state: Assigned): Assigned {
    const before = this.expression(node.value, state);
    const jump = { breaks: null as Assigned, continues: null as Assigned };
    this.scopes.jumps.push(jump);
    let hasDefault = false;
    for (const section of node.sections) {
      let start: Assigned = before;
      for (const label of section.labels) {
        if (label.pattern === null || label.pattern.kind === 'varPattern') hasDefault = true;
        else start = this.pattern(label.pattern, start);
        if (label.pattern?.kind === 'varPattern') start = this.pattern(label.pattern, start);
        if (label.when !== null) start = this.condition(label.when, start).yes;
      }
      this.statements(section.statements, start);
    }
    this.scopes.jumps.pop();
    return hasDefault ? jump.breaks : join(before, jump.breaks);
  }

  private try(node: StatementOf<'try'>, state: Assigned): Assigned {
    let after = this.statement(node.body, state);
    for (const c of node.catches) {
      const caught = this.scopes.within(() => {
        const inside = c.name === null ? state : assign(state, this.scopes.declare(c.name));
        return this.statement(
          c.body,
          c.when === null ? inside : this.condition(c.when, inside).yes,
        );
      });
      after = join(after, caught);
    }
    if (node.finally === null) return after;
    const last = this.statement(node.finally, state);
    return union(after, last);
  }
}
