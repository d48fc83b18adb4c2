import { Body, type BodyStream } from '../model/body.js';
import type { PolicyContext } from '../pipeline/context.js';
import {
  completionText,
  countPrompt,
  parseObject,
  tokenCounter,
  usageOf,
  type TokenUsage,
} from './token-count.js';

/**
 * Tells the token usage of the response: what the model reports, else counted. A stream of events is passed on
 * while it is read, `told` comes when it ended; any other answer is read first.
 */
export async function whenUsageIsKnown(
  context: PolicyContext,
  told: (usage: TokenUsage) => void | Promise<void>,
): Promise<void> {
  const { response } = context;
  if (!response?.body || response.statusCode >= 400) return;
  const streams = /^\s*text\/event-stream/i.test(response.headers.text('Content-Type') ?? '');
  if (streams && !response.body.buffered) {
    response.body = Body.fromStream(observed(response.body.send() as BodyStream, context, told));
    return;
  }
  await response.body.buffer();
  const usage = streams
    ? await usageOfEvents(response.body.text, context)
    : await usageOfAnswer(response.body.text, context);
  if (usage) await told(usage);
}

async function usageOfAnswer(
  text: string,
  context: PolicyContext,
): Promise<TokenUsage | undefined> {
  const answer = parseObject(text);
  if (!answer) return undefined;
  return usageOf(answer) ?? (await counted(completionText(answer), context));
}

async function counted(completion: string, context: PolicyContext): Promise<TokenUsage> {
  const count = await tokenCounter();
  const body = context.request.body;
  const prompt = body?.buffered ? countPrompt(body.text, count) : 0;
  const made = count(completion);
  return { prompt, completion: made, total: prompt + made };
}

async function usageOfEvents(
  text: string,
  context: PolicyContext,
): Promise<TokenUsage | undefined> {
  let completion = '';
  let usage: TokenUsage | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith('data:')) continue;
    const event = parseObject(line.slice('data:'.length).trim());
    usage = usageOf(event) ?? usage;
    completion += completionText(event);
  }
  return usage ?? (await counted(completion, context));
}

async function* observed(
  stream: BodyStream,
  context: PolicyContext,
  told: (usage: TokenUsage) => void | Promise<void>,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    yield chunk;
  }
  const usage = await usageOfEvents(text, context);
  if (usage) await told(usage);
}
