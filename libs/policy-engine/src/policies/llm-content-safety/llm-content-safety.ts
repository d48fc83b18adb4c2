import type { PolicyElement } from '../../document/policy-element.js';
import type { Report } from '../../composition/report.js';
import { postToBackend } from '../../ai/model-call.js';
import { completionText, parseObject, promptTexts } from '../../ai/token-count.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { definePolicy } from '../../pipeline/policy.js';
import { PolicyError } from '../../pipeline/policy-error.js';
import { choice, flag, integer, text } from '../../values/attribute-rule.js';
import type { ParsedAttributes, ValueSource } from '../../values/value-source.js';

const attributes = {
  'backend-id': text({ required: true }),
  'shield-prompt': flag({ default: false }),
  'enforce-on-completions': flag({ default: false }),
  /** Characters of one analysis of an answer; the service's own limit is the default, and always that of prompts. */
  'window-size': integer({ least: 1 }),
  'window-overlap-size': integer({ least: 0 }),
};
const categoriesAttributes = {
  'output-type': choice(['FourSeverityLevels', 'EightSeverityLevels'], {
    default: 'FourSeverityLevels',
  }),
};
const categoryAttributes = {
  name: text({ required: true }),
  threshold: integer({ required: true, least: 0, most: 7 }),
};

interface Config {
  readonly settings: ParsedAttributes<typeof attributes>;
  readonly output: ParsedAttributes<typeof categoriesAttributes> | undefined;
  readonly categories: readonly ParsedAttributes<typeof categoryAttributes>[];
  readonly blocklists: readonly ValueSource<string>[];
}

interface Check {
  readonly backendId: string;
  readonly outputType: string;
  /** Characters of an answer that are analysed in one call. */
  readonly window: number;
  /** Characters that a call repeats of the one before. */
  readonly overlap: number;
  readonly categories: readonly { readonly name: string; readonly threshold: number }[];
  readonly blocklists: readonly string[];
}

/** The service analyses at most so many characters in one call. */
const longestText = 10_000;
const version = 'api-version=2024-09-01';

/** Asks a content safety service about prompts (and answers); harmful ones are refused with 403. */
export const llmContentSafety = definePolicy<Config>({
  element: 'llm-content-safety',
  sections: ['inbound', 'outbound'],
  attributes,
  parse(xml: PolicyElement, report: Report) {
    const settings = report.attributes(xml, attributes);
    const found = report.children(xml, { categories: { most: 1 }, blocklists: { most: 1 } });
    const [categories] = found.categories;
    const [blocklists] = found.blocklists;
    return {
      settings,
      output: categories && report.attributes(categories, categoriesAttributes),
      categories: categories
        ? report
            .children(categories, { category: {} })
            .category.map((element) => report.attributes(element, categoryAttributes))
        : [],
      blocklists: blocklists
        ? report.children(blocklists, { id: {} }).id.map((element) => report.text(element))
        : [],
    };
  },
  compile(config, compiler) {
    const backendId = compiler.value(config.settings['backend-id']);
    const shield = compiler.value(config.settings['shield-prompt']);
    const onCompletions = compiler.value(config.settings['enforce-on-completions']);
    const outputType = compiler.value(config.output?.['output-type']);
    const window = compiler.value(config.settings['window-size']);
    const overlap = compiler.value(config.settings['window-overlap-size']);
    const categories = config.categories.map(({ name, threshold }) => ({
      name: compiler.value(name),
      threshold: compiler.value(threshold),
    }));
    const blocklists = config.blocklists.map((value) => compiler.value(value));
    compiler.needsMessageBody();
    return async (context) => {
      const check: Check = {
        backendId: backendId.evaluate(context),
        outputType: outputType?.evaluate(context) ?? 'FourSeverityLevels',
        window: Math.min(window?.evaluate(context) ?? longestText, longestText),
        overlap: overlap?.evaluate(context) ?? 0,
        categories: categories.map(({ name, threshold }) => ({
          name: name.evaluate(context),
          threshold: threshold.evaluate(context),
        })),
        blocklists: blocklists.map((value) => value.evaluate(context)),
      };
      if (compiler.onResponse) {
        await examine(
          context,
          check,
          completionText(parseObject(context.response?.body?.text ?? '')),
        );
        return;
      }
      const prompt = promptTexts(context.request.body?.text ?? '').texts.join('\n');
      if (shield.evaluate(context)) await shieldPrompt(context, check, prompt);
      await examine(context, { ...check, window: longestText }, prompt);
      if (onCompletions.evaluate(context))
        context.beforeResponse.push(() => examineCompletion(context, check));
    };
  },
});

function harmful(): PolicyError {
  const message = 'Request was blocked by the content safety service.';
  return new PolicyError('ContentSafetyViolation', message, { statusCode: 403, message });
}

async function examine(context: PolicyContext, check: Check, content: string): Promise<void> {
  const pace = Math.max(1, check.window - check.overlap);
  for (let at = 0; at < content.length; at += pace) {
    // What is left is the overlap of the window before.
    if (at > 0 && at + check.overlap >= content.length) return;
    const body = {
      text: content.slice(at, at + check.window),
      outputType: check.outputType,
      ...(check.categories.length > 0
        ? { categories: check.categories.map(({ name }) => name) }
        : {}),
      ...(check.blocklists.length > 0
        ? { blocklistNames: check.blocklists, haltOnBlocklistHit: true }
        : {}),
    };
    const answer = (await postToBackend(context, check.backendId, {
      path: `/contentsafety/text:analyze?${version}`,
      body,
      identity: true,
    })) as {
      categoriesAnalysis?: { category?: string; severity?: number }[];
      blocklistsMatch?: unknown[];
    };
    if ((answer.blocklistsMatch?.length ?? 0) > 0) throw harmful();
    for (const { category, severity = 0 } of answer.categoriesAnalysis ?? []) {
      const limit = check.categories.find(
        ({ name }) => name.toLowerCase() === category?.toLowerCase(),
      );
      if (limit && severity >= limit.threshold && severity > 0) throw harmful();
    }
  }
}

async function shieldPrompt(context: PolicyContext, check: Check, prompt: string): Promise<void> {
  const body = { userPrompt: prompt, documents: [] };
  const answer = (await postToBackend(context, check.backendId, {
    path: `/contentsafety/text:shieldPrompt?${version}`,
    body,
    identity: true,
  })) as {
    userPromptAnalysis?: { attackDetected?: boolean };
  };
  if (answer.userPromptAnalysis?.attackDetected) throw harmful();
}

/** The answer is examined before it goes out; a refusal replaces it. */
async function examineCompletion(context: PolicyContext, check: Check): Promise<void> {
  const { response } = context;
  if (!response?.body || response.statusCode >= 400) return;
  await response.body.buffer();
  try {
    await examine(context, check, completionText(parseObject(response.body.text)));
  } catch (error) {
    context.refuseResponse(error);
  }
}
