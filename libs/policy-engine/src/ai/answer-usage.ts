import type { BodyStream } from '../model/body.js';
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
    response.body = response.body.through(
      observed(response.body.send() as BodyStream, context, told),
    );
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
  const answer = objectOf(text);
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
  const reader = new EventReader();
  reader.read(text);
  return await reader.usage(context);
}

/** What of a stream is kept at a time, and of what the model wrote in it. Characters. */
const mostKept = 4 * 1024 * 1024;

/** Reads what the events of a stream tell of its usage, as they come. */
class EventReader {
  #line = '';
  #completion = '';
  #usage: TokenUsage | undefined;

  read(text: string): void {
    const [first = '', ...lines] = text.split(/\r?\n/);
    this.#line = this.#line.length > mostKept ? this.#line : this.#line + first;
    for (const line of lines) {
      this.#event();
      this.#line = line;
    }
  }

  async usage(context: PolicyContext): Promise<TokenUsage> {
    this.#event();
    return this.#usage ?? (await counted(this.#completion, context));
  }

  #event(): void {
    const line = this.#line;
    if (!line.startsWith('data:')) return;
    const event = objectOf(line.slice('data:'.length).trim());
    this.#usage = usageOf(event) ?? this.#usage;
    if (this.#completion.length <= mostKept) this.#completion += completionText(event);
  }
}

/** A JSON object; what cannot be read tells no usage. */
function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    return parseObject(text);
  } catch {
    return undefined;
  }
}

async function* observed(
  stream: BodyStream,
  context: PolicyContext,
  told: (usage: TokenUsage) => void | Promise<void>,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  const reader = new EventReader();
  for await (const chunk of stream) {
    reader.read(decoder.decode(chunk, { stream: true }));
    yield chunk;
  }
  await told(await reader.usage(context));
}
