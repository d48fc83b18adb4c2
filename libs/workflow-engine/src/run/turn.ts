import type { WorkflowValue } from '@isthmus/workflow-expressions';
import type { ActionScope } from '../actions/action-type.js';
import { parseDuration } from '../calls/duration.js';
import { requestTimeout, type Plan, type PlannedAction } from '../plan/plan.js';
import { apply } from './apply.js';
import { seeingItself } from './current-action.js';
import type { CallEffect, CallbackSignal, Effect, EffectOutcome } from './effects.js';
import { eventVersion, type RunEvent } from './events.js';
import type { Place } from './place.js';
import { RunScope, type Ambient } from './run-scope.js';
import { isFinished, type RunState } from './state.js';

/** What has happened outside since the last turn. */
export interface TurnInput extends Ambient {
  readonly outcomes?: readonly EffectOutcome[];
  readonly callbacks?: readonly CallbackSignal[];
  /** Somebody cancelled the run. */
  readonly cancel?: boolean;
  /** The caller has been told that the answer took too long. */
  readonly responseExpired?: boolean;
  /** After so many events the turn stops and asks to be called again at once; unlimited by default. */
  readonly maximumEvents?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type WithoutFrame<Event> = Event extends RunEvent ? Omit<Event, 'v' | 'at'> : never;

/** One call of `advance`: collects what it decides, and applies each event as soon as it is decided. */
export class Turn {
  readonly events: RunEvent[] = [];
  readonly effects: Effect[] = [];
  #action: PlannedAction | undefined;
  #place: Place | undefined;
  #path = '';
  #gaveWay = false;

  constructor(
    readonly plan: Plan,
    readonly state: RunState,
    readonly input: TurnInput,
  ) {}

  /** @param event made for this call; the turn completes it and keeps it */
  emit(event: WithoutFrame<RunEvent>): void {
    const framed = event as Mutable<RunEvent>;
    framed.v = eventVersion;
    framed.at = this.input.now;
    apply(this.state, framed);
    this.events.push(framed);
  }

  /** The budget of this turn is used up. */
  get isExhausted(): boolean {
    const { maximumEvents = Infinity } = this.input;
    return this.#gaveWay || this.events.length >= maximumEvents || this.isOversized;
  }

  /** Ends the turn here: what is left to do takes long. */
  giveWay(): void {
    this.#gaveWay = true;
  }

  /** The run has more records than it may have. */
  get isOversized(): boolean {
    return this.state.actions.size > this.plan.environment.limits.actionsPerRun;
  }

  get isOver(): boolean {
    return isFinished(this.state);
  }

  get now(): number {
    return this.input.now;
  }

  /** The last one is remembered: a step asks for the path of its action several times. */
  pathOf(action: PlannedAction, place: Place): string {
    if (action === this.#action && place === this.#place) return this.#path;
    this.#action = action;
    this.#place = place;
    this.#path = place.prefix + action.key;
    return this.#path;
  }

  expressions(place: Place, action: PlannedAction): RunScope {
    const path = this.pathOf(action, place);
    return new RunScope(this.plan, this.state, place, { ambient: this.input, action, path });
  }

  /** @param from the effect whose outcome is handled, or the pass from which a loop's condition is seen */
  scope(
    action: PlannedAction,
    place: Place,
    from: { effect?: CallEffect; inside?: Place } = {},
  ): ActionScope {
    return new TurnScope(this, {
      action,
      place,
      effect: from.effect,
      inside: from.inside ?? place,
    });
  }
}

interface ScopeOrigin {
  readonly action: PlannedAction;
  readonly place: Place;
  readonly effect: CallEffect | undefined;
  readonly inside: Place;
}

class TurnScope implements ActionScope {
  readonly action: PlannedAction;
  readonly path: string;
  readonly effect: CallEffect | undefined;
  #expressions: RunScope | undefined;
  private asked = 0;

  constructor(
    private readonly turn: Turn,
    private readonly origin: ScopeOrigin,
  ) {
    this.action = origin.action;
    this.path = turn.pathOf(origin.action, origin.place);
    this.effect = origin.effect;
  }

  get expressions(): RunScope {
    return (this.#expressions ??= this.turn.expressions(this.origin.inside, this.action));
  }

  get environment(): ActionScope['environment'] {
    return this.turn.plan.environment;
  }

  get state(): RunState {
    return this.turn.state;
  }

  get now(): number {
    return this.turn.now;
  }

  get progress(): WorkflowValue | undefined {
    return this.record?.progress;
  }

  get startedAt(): number {
    return this.record?.startedAt ?? this.turn.now;
  }

  random(): number {
    return this.turn.input.random();
  }

  evaluate(template: string, ...item: [WorkflowValue?]): WorkflowValue {
    const compiled = this.action.templates.get(template);
    if (!compiled) return null;
    if (item.length === 0) return compiled.evaluate(this.expressions);
    const seen = { item: () => item[0] };
    return compiled.evaluate(Object.assign(Object.create(this.expressions) as RunScope, seen));
  }

  evaluateWith(outputs: WorkflowValue, template: string): WorkflowValue {
    const compiled = this.action.templates.get(template);
    if (!compiled || !this.record) return null;
    const record = { ...this.record, outputs };
    return compiled.evaluate(seeingItself(this.expressions, this.state, this.action, record));
  }

  has(template: string): boolean {
    return this.action.templates.has(template);
  }

  effectFrame(): Pick<CallEffect, 'id' | 'path' | 'idempotencyKey' | 'timeout'> {
    const number = (this.record?.effects ?? 0) + ++this.asked;
    return {
      id: `${this.path}#${number}`,
      path: this.path,
      idempotencyKey: `${this.state.runId}:${this.path}`,
      timeout: this.requestTimeout(),
    };
  }

  /** An action may wait less for an answer than the host allows. */
  private requestTimeout(): number {
    const { requestTimeout: most } = this.environment.limits;
    const own = this.has(requestTimeout) ? this.evaluate(requestTimeout) : undefined;
    const milliseconds = typeof own === 'string' ? parseDuration(own) : undefined;
    return milliseconds !== undefined && milliseconds > 0 ? Math.min(milliseconds, most) : most;
  }

  private get record() {
    return this.turn.state.actions.get(this.path);
  }
}
