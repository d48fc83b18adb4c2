import {
  isObject,
  memberOf,
  membersOf,
  pointerStep,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { allActions, type Branch } from './action-tree.js';
import { parseDuration } from '../calls/duration.js';
import { repetitionsOf } from './check-containers.js';
import { checkRecurrence } from './check-recurrence.js';
import { invalidTemplate } from './check-shape.js';
import type { Report } from './problem.js';
import { isKnownLater } from './known-later.js';

/** The action or trigger whose settings are checked. */
interface Holder {
  readonly name: string;
  readonly pointer: string;
  readonly source: WorkflowObject;
}

/** A literal integer; undefined for anything that is computed. */
function literalInteger(value: WorkflowValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

class SettingsCheck {
  constructor(
    private readonly holder: Holder,
    private readonly report: Report,
  ) {}

  private error(pointer: string, message: string): void {
    this.report.error(invalidTemplate, this.holder.pointer + pointer, message, this.holder.name);
  }

  private range(
    value: WorkflowValue | undefined,
    pointer: string,
    what: string,
    [least, most]: readonly [number, number],
  ): void {
    const number = literalInteger(value);
    if (number === undefined || (number >= least && number <= most)) return;
    this.error(
      pointer,
      `The ${what} of '${this.holder.name}' is '${number}'; it must be between ${least} and ${most}.`,
    );
  }

  retryPolicy(): void {
    const inputs = memberOf(this.holder.source, 'inputs');
    if (!isObject(inputs)) return;
    for (const [member, holder] of [
      ['', inputs],
      ...['subscribe', 'unsubscribe'].map((name) => [`/${name}`, memberOf(inputs, name)] as const),
    ] as const) {
      const policy = isObject(holder) ? memberOf(holder, 'retryPolicy') : undefined;
      if (isObject(policy)) this.policy(policy, `/inputs${member}/retryPolicy`);
    }
  }

  private policy(policy: WorkflowObject, pointer: string): void {
    const type = memberOf(policy, 'type');
    if (
      typeof type === 'string' &&
      !isKnownLater(type) &&
      !/^(?:default|none|fixed|exponential)$/i.test(type)
    ) {
      this.error(
        `${pointer}/type`,
        `The retry policy of '${this.holder.name}' has the type '${type}', which is not known.`,
      );
    }
    if (typeof type === 'string' && /^none$/i.test(type)) return;
    this.range(memberOf(policy, 'count'), `${pointer}/count`, 'retry policy count', [1, 90]);
    for (const member of ['interval', 'minimumInterval', 'maximumInterval'])
      this.interval(memberOf(policy, member), `${pointer}/${member}`);
  }

  private interval(value: WorkflowValue | undefined, pointer: string): void {
    if (typeof value !== 'string' || isKnownLater(value)) return;
    const milliseconds = parseDuration(value);
    if (milliseconds === undefined || milliseconds > 86_400_000) {
      this.error(
        pointer,
        `The retry policy interval '${value}' of '${this.holder.name}' must be an ISO 8601 duration between PT5S and P1D.`,
      );
    }
  }

  concurrency(): void {
    this.range(
      repetitionsOf(this.holder.source),
      '/runtimeConfiguration/concurrency/repetitions',
      'concurrency',
      [1, 50],
    );
    const configuration = memberOf(this.holder.source, 'runtimeConfiguration');
    const concurrency = isObject(configuration)
      ? memberOf(configuration, 'concurrency')
      : undefined;
    if (isObject(concurrency)) {
      this.range(
        memberOf(concurrency, 'runs'),
        '/runtimeConfiguration/concurrency/runs',
        'concurrency of runs',
        [1, 100],
      );
    }
  }

  /** @param now milliseconds since 1970; undefined: no time is known */
  recurrence(now: number | undefined): void {
    const { name, source, pointer } = this.holder;
    const recurrence = memberOf(source, 'recurrence');
    if (isObject(recurrence))
      checkRecurrence(recurrence, { name, pointer: `${pointer}/recurrence`, now }, this.report);
    else if (recurrence === undefined && /^(?:recurrence|slidingwindow)$/i.test(typeOf(source)))
      this.error('', `The trigger '${name}' needs a 'recurrence'.`);
  }

  /** Every configuration of a batch says when it is released. */
  batch(now: number | undefined): void {
    const { name, source, pointer } = this.holder;
    const inputs = memberOf(source, 'inputs');
    if (!/^batch$/i.test(typeOf(source)) || !isObject(inputs)) return;
    const configurations = memberOf(inputs, 'configurations');
    for (const [batch, configuration] of isObject(configurations)
      ? membersOf(configurations)
      : []) {
      const at = `/inputs/configurations${pointerStep(batch)}`;
      const criteria = isObject(configuration)
        ? memberOf(configuration, 'releaseCriteria')
        : undefined;
      if (isKnownLater(criteria)) continue;
      const given = isObject(criteria) ? membersOf(criteria) : [];
      if (!given.some(([member, value]) => isReleaseCriterion(member) && value !== null)) {
        this.error(
          at,
          `The batch '${batch}' of trigger '${name}' has no release criteria: at least one of 'messageCount', 'batchSize' and 'recurrence' is needed.`,
        );
        continue;
      }
      this.releaseCriteria(criteria as WorkflowObject, `${at}/releaseCriteria`);
      const recurrence = memberOf(criteria as WorkflowObject, 'recurrence');
      const place = `${pointer}${at}/releaseCriteria/recurrence`;
      if (isObject(recurrence))
        checkRecurrence(recurrence, { name, pointer: place, now }, this.report);
    }
  }

  private releaseCriteria(criteria: WorkflowObject, at: string): void {
    const ranges = { messageCount: [1, 8000], batchSize: [1, 80 * 1024 * 1024] } as const;
    for (const [member, range] of Object.entries(ranges))
      this.range(memberOf(criteria, member), `${at}/${member}`, `'${member}'`, range);
  }
}

function isReleaseCriterion(member: string): boolean {
  return /^(?:messagecount|batchsize|recurrence)$/i.test(member);
}

function typeOf(source: WorkflowObject): string {
  const type = memberOf(source, 'type');
  return typeof type === 'string' ? type : '';
}

function checkHolder(holder: Holder, report: Report): SettingsCheck {
  const check = new SettingsCheck(holder, report);
  check.retryPolicy();
  check.concurrency();
  return check;
}

/**
 * Ranges of retry policies, concurrency, recurrences and batches, as far as they are literal.
 * @param now milliseconds since 1970; undefined: how far starts are away is not checked
 */
export function checkSettings(
  definition: WorkflowObject,
  tree: Branch,
  now: number | undefined,
  report: Report,
): void {
  for (const action of allActions(tree)) checkHolder(action, report);
  const triggers = memberOf(definition, 'triggers');
  if (!isObject(triggers)) return;
  for (const [name, source] of membersOf(triggers)) {
    if (!isObject(source)) continue;
    const check = checkHolder({ name, source, pointer: `/triggers${pointerStep(name)}` }, report);
    check.recurrence(now);
    check.batch(now);
  }
}
