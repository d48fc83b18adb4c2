import {
  type ActionView,
  type EvaluationScope,
  type WorkflowArray,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Plan, PlannedAction } from '../plan/plan.js';
import { seenValue } from './grow.js';
import type { Place } from './place.js';
import type { RunState } from './state.js';
import { triggerView } from './trigger-view.js';
import { resultView, viewFrom } from './views.js';

/** Time and chance, handed in by the host. */
export interface Ambient {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** A random GUID with hyphens. */
  newGuid(): string;
}

/** What the functions of expressions read at one place of a run. */
export class RunScope implements EvaluationScope {
  /**
   * @param action the action whose expressions are evaluated; absent for the outputs of the run
   */
  constructor(
    readonly plan: Plan,
    readonly state: RunState,
    readonly place: Place,
    private readonly origin: {
      readonly ambient: Ambient;
      readonly action?: PlannedAction;
      readonly path?: string;
    },
  ) {}

  parameter(name: string): WorkflowValue | undefined {
    return this.plan.parameters.get(name.toLowerCase());
  }

  variable(name: string): WorkflowValue | undefined {
    const variable = this.state.variables.get(name.toLowerCase());
    return variable && seenValue(variable.value);
  }

  action(name: string): ActionView | undefined {
    const action = this.plan.actions.get(name.toLowerCase());
    if (!action) return undefined;
    // Not run: outputs and body are null.
    return viewFrom(this.state, this.place, action) ?? absent(action);
  }

  trigger(): ActionView | undefined {
    return this.state.trigger && triggerView(this.state, this.state.trigger);
  }

  item(): WorkflowValue | undefined {
    for (let level = this.place.passes.length - 1; level >= 0; level--) {
      const item = this.itemAt(level);
      if (item !== undefined) return item;
    }
    return undefined;
  }

  itemOf(loop: string): WorkflowValue | undefined {
    const level = this.levelOf(loop);
    return level < 0 ? undefined : this.itemAt(level);
  }

  iterationIndexOf(loop: string): number | undefined {
    return this.place.passes[this.levelOf(loop)]?.index;
  }

  resultOf(scope: string): WorkflowArray | undefined {
    const container = this.plan.actions.get(scope.toLowerCase());
    return container?.type.children && resultView(this.state, this.place, container);
  }

  workflow(): WorkflowObject {
    const { workflow } = this.plan.environment;
    return {
      id: workflow.id,
      name: workflow.name,
      type: 'Microsoft.Logic/workflows',
      location: workflow.location ?? '',
      ...(workflow.tags && { tags: workflow.tags }),
      run: {
        id: `${workflow.id}/runs/${this.state.runId}`,
        name: this.state.runId,
        type: 'Microsoft.Logic/workflows/runs',
      },
    };
  }

  callbackUrl(): string | undefined {
    const { action, path } = this.origin;
    if (!action?.type.callback || path === undefined) return undefined;
    return this.plan.environment.callbackUrl?.(this.state.runId, path);
  }

  appSetting(name: string): WorkflowValue | undefined {
    const { appSettings } = this.plan.environment;
    return Object.hasOwn(appSettings, name) ? appSettings[name] : undefined;
  }

  now(): number {
    return this.origin.ambient.now;
  }

  random(): number {
    return this.origin.ambient.random();
  }

  newGuid(): string {
    return this.origin.ambient.newGuid();
  }

  private levelOf(loop: string): number {
    const wanted = loop.toLowerCase();
    return this.place.passes.findIndex((pass) => pass.loop.name.toLowerCase() === wanted);
  }

  private itemAt(level: number): WorkflowValue | undefined {
    const pass = this.place.passes[level];
    return pass && this.state.actions.get(pass.path)?.container?.items?.[pass.index];
  }
}

function absent(action: PlannedAction): ActionView {
  return { outputs: null, body: null, record: () => ({ name: action.name, status: 'Waiting' }) };
}
