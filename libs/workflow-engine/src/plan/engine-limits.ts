import { isObject, type WorkflowValue } from '@isthmus/workflow-expressions';

/** Limits and defaults of the engine. Times in milliseconds. */
export interface EngineLimits {
  /** `Runtime.Backend.HttpOperation.RequestTimeout` */
  readonly requestTimeout: number;
  readonly defaultRetryCount: number;
  readonly defaultRetryInterval: number;
  readonly defaultRetryMinimumInterval: number;
  readonly defaultRetryMaximumInterval: number;
  readonly foreachDegreeOfParallelism: number;
  readonly foreachItemsLimit: number;
  readonly splitOnItemsLimit: number;
  readonly untilLimitCount: number;
  /** Poll interval of the asynchronous pattern when the answer has no Retry-After. */
  readonly asyncPollInterval: number;
  readonly runTimeout: number;
  /** Records that one run may have: repetitions of nested loops multiply. */
  readonly actionsPerRun: number;
  /** Characters of a text variable. */
  readonly variableSize: number;
  readonly contentSize: number;
  readonly pageCount: number;
  readonly javaScriptMilliseconds: number;
  readonly javaScriptCharacters: number;
}

/** The documented defaults of stateful workflows. */
export const statefulLimits: EngineLimits = {
  requestTimeout: 225_000,
  defaultRetryCount: 4,
  defaultRetryInterval: 7000,
  defaultRetryMinimumInterval: 5000,
  defaultRetryMaximumInterval: 3_600_000,
  foreachDegreeOfParallelism: 20,
  foreachItemsLimit: 100_000,
  splitOnItemsLimit: 100_000,
  untilLimitCount: 5000,
  asyncPollInterval: 1000,
  runTimeout: 90 * 86_400_000,
  actionsPerRun: 1_000_000,
  variableSize: 104_857_600,
  contentSize: 104_857_600,
  pageCount: 1000,
  javaScriptMilliseconds: 15_000,
  javaScriptCharacters: 100_000,
};

/** The documented defaults of stateless workflows. */
export const statelessLimits: EngineLimits = {
  ...statefulLimits,
  defaultRetryMinimumInterval: 1000,
  foreachItemsLimit: 100,
  untilLimitCount: 100,
  runTimeout: 300_000,
  variableSize: 1024,
};

const names: Readonly<Record<string, keyof EngineLimits>> = {
  'runtime.backend.httpoperation.requesttimeout': 'requestTimeout',
  'runtime.backend.httpoperation.defaultretrycount': 'defaultRetryCount',
  'runtime.backend.httpoperation.defaultretryinterval': 'defaultRetryInterval',
  'runtime.backend.httpoperation.defaultretryminimuminterval': 'defaultRetryMinimumInterval',
  'runtime.backend.httpoperation.defaultretrymaximuminterval': 'defaultRetryMaximumInterval',
  'runtime.backend.foreachdefaultdegreeofparallelism': 'foreachDegreeOfParallelism',
  'runtime.backend.flowdefaultforeachitemslimit': 'foreachItemsLimit',
  'runtime.backend.flowdefaultsplitonitemslimit': 'splitOnItemsLimit',
  'runtime.backend.maximumuntillimitcount': 'untilLimitCount',
  'runtime.backend.flowruntimeout': 'runTimeout',
  'runtime.contentlink.maximumcontentsizeinbytes': 'contentSize',
  'runtime.flowrunretryableactionjobcallback.maximumpagecount': 'pageCount',
};

/** Limits that stateless workflows have of their own: `Runtime.Backend.Stateless.*`. */
const ofStateless: ReadonlySet<keyof EngineLimits> = new Set([
  'foreachItemsLimit',
  'splitOnItemsLimit',
  'untilLimitCount',
  'runTimeout',
]);

/** The limit that a setting names for a kind of workflow; undefined: it concerns others. */
function limitOf(setting: string, kind: 'Stateful' | 'Stateless'): keyof EngineLimits | undefined {
  const name = setting.toLowerCase();
  const plain = name.replace('runtime.backend.stateless.', 'runtime.backend.');
  const limit = names[plain];
  if (limit === undefined || !ofStateless.has(limit)) return names[name];
  return (plain !== name) === (kind === 'Stateless') ? limit : undefined;
}

/**
 * Lays `extensions.workflow.settings` of a host.json over the defaults of a kind of workflow. Names are matched
 * without regard to case; unknown ones belong to other parts of the platform and are left alone.
 * @throws RangeError naming the setting whose value is neither a number nor a time such as `00:03:45`
 */
export function limitsFromHost(
  settings: WorkflowValue | undefined,
  kind: 'Stateful' | 'Stateless' = 'Stateful',
): EngineLimits {
  const defaults = kind === 'Stateless' ? statelessLimits : statefulLimits;
  if (!isObject(settings)) return defaults;
  const limits: Record<keyof EngineLimits, number> = { ...defaults };
  for (const [name, value] of Object.entries(settings)) {
    const key = limitOf(name, kind);
    if (key === undefined) continue;
    const number = limitValue(value);
    if (number === undefined) {
      throw new RangeError(
        `host.json: the setting '${name}' must be a number or a time like 00:03:45.`,
      );
    }
    limits[key] = number;
  }
  return limits;
}

function limitValue(value: WorkflowValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const time = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/.exec(value);
  if (!time) return undefined;
  const [days, hours, minutes, seconds] = time.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}
