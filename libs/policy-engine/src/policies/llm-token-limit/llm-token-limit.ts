import { boxAs } from '@isthmus/policy-expressions';
import type { PolicyElement } from '../../document/policy-element.js';
import type { PolicyCompiler } from '../../composition/policy-compiler.js';
import type { Report } from '../../composition/report.js';
import { whenUsageIsKnown } from '../../ai/answer-usage.js';
import { countPrompt, tokenCounter } from '../../ai/token-count.js';
import { Headers } from '../../model/headers.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy, type AnyPolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import type { CounterWindow } from '../../ports/counters.js';
import { choice, flag, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes } from '../../values/value-source.js';
import { secondsUntil } from '../rate-counting.js';
import { quotaWindow, quotaPeriods } from './quota-window.js';

const attributes = {
  'counter-key': text({ required: true }),
  'tokens-per-minute': integer({ least: 1 }),
  'token-quota': integer({ least: 1 }),
  'token-quota-period': choice(quotaPeriods),
  'estimate-prompt-tokens': flag({ default: false }),
  'retry-after-header-name': text({ default: 'Retry-After', expression: false }),
  'retry-after-variable-name': text({ expression: false }),
  'remaining-quota-tokens-header-name': text({ expression: false }),
  'remaining-quota-tokens-variable-name': text({ expression: false }),
  'remaining-tokens-header-name': text({ expression: false }),
  'remaining-tokens-variable-name': text({ expression: false }),
  'tokens-consumed-header-name': text({ expression: false }),
  'tokens-consumed-variable-name': text({ expression: false }),
};

type Settings = ParsedAttributes<typeof attributes>;

interface Limit {
  readonly kind: 'rate' | 'quota';
  readonly key: string;
  readonly window: CounterWindow;
  readonly tokens: number;
}

function parse(xml: PolicyElement, report: Report): Settings {
  report.empty(xml);
  const settings = report.attributes(xml, attributes);
  if (!settings['tokens-per-minute'] && !settings['token-quota']) {
    report.problem(
      'missing-attribute',
      "At least one of 'tokens-per-minute' and 'token-quota' must be given.",
      xml,
    );
  }
  if (!settings['token-quota'] !== !settings['token-quota-period']) {
    report.problem(
      'missing-attribute',
      "'token-quota' and 'token-quota-period' belong together.",
      xml,
    );
  }
  return settings;
}

function compileLimits(
  settings: Settings,
  compiler: PolicyCompiler,
): (context: PolicyContext) => Limit[] {
  const key = compiler.value(settings['counter-key']);
  const perMinute = compiler.value(settings['tokens-per-minute']);
  const quota = compiler.value(settings['token-quota']);
  const period = compiler.value(settings['token-quota-period']);
  return (context) => {
    const counter = key.evaluate(context);
    const limits: Limit[] = [];
    if (quota && period) {
      const window = quotaWindow(period.evaluate(context), context.ports.clock.now());
      limits.push({
        kind: 'quota',
        key: `quota:tokens:${counter}`,
        window,
        tokens: quota.evaluate(context),
      });
    }
    if (perMinute)
      limits.push({
        kind: 'rate',
        key: `rate:tokens:${counter}`,
        window: { kind: 'sliding', period: 60_000 },
        tokens: perMinute.evaluate(context),
      });
    return limits;
  };
}

/** The policy under both its names. */
function tokenLimit(element: 'llm-token-limit' | 'azure-openai-token-limit'): AnyPolicy {
  return definePolicy<Settings>({
    element,
    sections: ['inbound'],
    attributes,
    parse,
    compile(settings, compiler) {
      const limitsOf = compileLimits(settings, compiler);
      const estimate = compiler.value(settings['estimate-prompt-tokens']);
      if (settings['estimate-prompt-tokens'].literal !== false) compiler.needs('request-body');
      return async (context) => {
        const limits = limitsOf(context);
        const prompt = estimate.evaluate(context)
          ? countPrompt(context.request.body?.text ?? '', await tokenCounter())
          : 0;
        tellVariable(context, settings['tokens-consumed-variable-name']?.literal, prompt);
        for (const limit of limits) await admit(context, settings, limit, prompt);
        context.onResponse.push(() => {
          return whenUsageIsKnown(context, (usage) =>
            settle(context, settings, limits, { total: usage.total, counted: prompt }),
          );
        });
      };
    },
  });
}

async function admit(
  context: PolicyContext,
  settings: Settings,
  limit: Limit,
  prompt: number,
): Promise<void> {
  const { counters } = context.ports;
  const before = await counters.read(limit.key, limit.window);
  const full = before.count >= limit.tokens || before.count + prompt > limit.tokens;
  if (!full && prompt > 0) await counters.add(limit.key, prompt, limit.window, Infinity);
  const left = Math.max(0, limit.tokens - before.count - prompt);
  tellVariable(context, settings[`${remaining[limit.kind]}-variable-name`]?.literal, left);
  if (!full) return;
  const seconds = secondsUntil(before.resetAfter);
  const variable = settings['retry-after-variable-name']?.literal;
  if (variable) context.variables.set(variable, boxAs('int', seconds));
  const headers = Headers.from([
    [settings['retry-after-header-name'].literal ?? 'Retry-After', String(seconds)],
  ]);
  if (limit.kind === 'quota') {
    throw new PolicyError('TokenQuotaExceeded', 'Token quota is exceeded', {
      statusCode: 403,
      message: `Token quota is exceeded. Try again in ${seconds} seconds.`,
      headers,
    });
  }
  throw new PolicyError('TokenLimitExceeded', 'Token limit is exceeded', {
    statusCode: 429,
    message: `Token limit is exceeded. Try again in ${seconds} seconds.`,
    headers,
  });
}

async function settle(
  context: PolicyContext,
  settings: Settings,
  limits: readonly Limit[],
  used: { total: number; counted: number },
): Promise<void> {
  const tell = (
    what: 'tokens-consumed' | (typeof remaining)[Limit['kind']],
    value: number,
  ): void => {
    const header = settings[`${what}-header-name`]?.literal;
    if (header) context.setResponseHeader(header, String(value));
    tellVariable(context, settings[`${what}-variable-name`]?.literal, value);
  };
  tell('tokens-consumed', used.total);
  for (const limit of limits) {
    const rest = Math.max(0, used.total - used.counted);
    const state = await context.ports.counters.add(limit.key, rest, limit.window, Infinity);
    tell(remaining[limit.kind], Math.max(0, limit.tokens - state.count));
  }
}

const remaining = { rate: 'remaining-tokens', quota: 'remaining-quota-tokens' } as const;

/** Variables are there as soon as the policy has run, and again when the answer has told its cost. */
function tellVariable(context: PolicyContext, name: string | undefined, value: number): void {
  if (name) context.variables.set(name, boxAs('int', value));
}

/** Limits the tokens of language model calls by key: a minute's rate (429) and a quota (403). */
export const llmTokenLimit = tokenLimit('llm-token-limit');

/** Older name of llm-token-limit. */
export const azureOpenaiTokenLimit = tokenLimit('azure-openai-token-limit');
