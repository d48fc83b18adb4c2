import {
  isArray,
  isObject,
  isTemplate,
  memberOf,
  membersOf,
  pointerStep,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { allActions, type Branch } from './action-tree.js';
import { parseDuration } from '../calls/duration.js';
import { repetitionsOf } from './check-containers.js';
import { invalidTemplate } from './check-shape.js';
import type { Report } from './problem.js';

/** The action or trigger whose settings are checked. */
interface Holder {
  readonly name: string;
  readonly pointer: string;
  readonly source: WorkflowObject;
}

/** Periods may be at most 500 days long. */
const longestPeriods: Readonly<Record<string, number>> = {
  year: 1,
  month: 16,
  week: 71,
  day: 500,
  hour: 12_000,
  minute: 720_000,
  second: 43_200_000,
};

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
      !isTemplate(type) &&
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
    if (typeof value !== 'string' || isTemplate(value)) return;
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

  recurrence(): void {
    const recurrence = memberOf(this.holder.source, 'recurrence');
    if (!isObject(recurrence)) return;
    const frequency = memberOf(recurrence, 'frequency');
    if (typeof frequency !== 'string' || isTemplate(frequency)) return;
    const most = longestPeriods[frequency.toLowerCase()];
    if (most === undefined) {
      this.error(
        '/recurrence/frequency',
        `The recurrence of '${this.holder.name}' has the frequency '${frequency}', which is not known.`,
      );
      return;
    }
    this.range(memberOf(recurrence, 'interval'), '/recurrence/interval', 'recurrence interval', [
      1,
      most,
    ]);
    this.schedule(memberOf(recurrence, 'schedule'), frequency.toLowerCase());
  }

  private schedule(schedule: WorkflowValue | undefined, frequency: string): void {
    if (!isObject(schedule) || Object.keys(schedule).length === 0) return;
    if (!['day', 'week', 'month'].includes(frequency)) {
      this.error(
        '/recurrence/schedule',
        `The recurrence of '${this.holder.name}' can have a schedule only with the frequency 'Day', 'Week' or 'Month'.`,
      );
    }
    const only = (member: string, allowed: string): void => {
      const value = memberOf(schedule, member) ?? null;
      const isAbsent = value === null || (isArray(value) && value.length === 0);
      if (isAbsent || frequency === allowed.toLowerCase()) return;
      this.error(
        `/recurrence/schedule/${member}`,
        `The recurrence of '${this.holder.name}' can have '${member}' only with the frequency '${allowed}'.`,
      );
    };
    only('weekDays', 'Week');
    only('monthDays', 'Month');
  }
}

function checkHolder(holder: Holder, report: Report): void {
  const check = new SettingsCheck(holder, report);
  check.retryPolicy();
  check.concurrency();
  check.recurrence();
}

/** Ranges of retry policies, concurrency and recurrences, as far as they are literal. */
export function checkSettings(definition: WorkflowObject, tree: Branch, report: Report): void {
  for (const action of allActions(tree)) checkHolder(action, report);
  const triggers = memberOf(definition, 'triggers');
  if (!isObject(triggers)) return;
  for (const [name, source] of membersOf(triggers)) {
    if (isObject(source))
      checkHolder({ name, source, pointer: `/triggers${pointerStep(name)}` }, report);
  }
}
