import { JsonBoundError, parseBoundedJson } from '../values/bounded-json.js';

/** Counting tokens as OpenAI's models do (encoding o200k_base). The tables are loaded at first use. */

type CountTokens = (text: string) => number;

let loaded: Promise<CountTokens> | undefined;

/** The counting function. */
export function tokenCounter(): Promise<CountTokens> {
  return (loaded ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      (text) =>
        pieces(text).reduce((sum, piece) => sum + countTokens(piece), 0),
  ));
}

/** What no language has words of: the time for a run grows with the square of its length. Characters. */
const longestRun = 256;
const longRuns = /[\p{L}\p{M}]{257,}|[^\s\p{L}\p{N}]{257,}|\s{257,}/gu;

/** A text whose tokens are counted, with longer runs cut into pieces: some tokens more than in one piece. */
function pieces(text: string): readonly string[] {
  const found: string[] = [];
  let from = 0;
  for (const { 0: run, index } of text.matchAll(longRuns)) {
    if (index > from) found.push(text.slice(from, index));
    for (let at = 0; at < run.length; at += longestRun) found.push(run.slice(at, at + longestRun));
    from = index + run.length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

interface ChatMessage {
  readonly role?: unknown;
  readonly name?: unknown;
  readonly content?: unknown;
}

/** Texts of a chat, completion, response or embedding request. Text that is no such JSON gives an empty list. */
export function promptTexts(body: string): { texts: string[]; messages: number } {
  const request = parseObject(body);
  if (!request) return { texts: [], messages: 0 };
  const texts: string[] = [];
  const messages = Array.isArray(request['messages']) ? (request['messages'] as ChatMessage[]) : [];
  for (const message of messages) {
    if (typeof message !== 'object' || message === null) continue;
    if (typeof message.role === 'string') texts.push(message.role);
    if (typeof message.name === 'string') texts.push(message.name);
    collect(message.content, texts);
  }
  for (const key of ['prompt', 'input', 'instructions']) collect(request[key], texts);
  return { texts, messages: messages.length };
}

function collect(content: unknown, texts: string[]): void {
  if (typeof content === 'string') texts.push(content);
  else if (Array.isArray(content)) for (const part of content) collect(part, texts);
  else if (typeof content === 'object' && content !== null) {
    const { text, content: inner } = content as { text?: unknown; content?: unknown };
    collect(text, texts);
    collect(inner, texts);
  }
}

/** Tokens of a request: its texts, three for each message and three that begin the answer (OpenAI cookbook). */
export function countPrompt(body: string, count: CountTokens): number {
  const { texts, messages } = promptTexts(body);
  const sum = countTexts(texts, count);
  return messages > 0 ? sum + 3 * messages + 3 : sum;
}

/** Counting a character takes some 70 ns: what is longer altogether is estimated by what stands first. Characters. */
const mostCounted = 3_000_000;

function countTexts(texts: readonly string[], count: CountTokens): number {
  let counted = 0;
  let tokens = 0;
  let rest = 0;
  for (const text of texts) {
    const part = text.slice(0, mostCounted - counted);
    if (part !== '') tokens += count(part);
    counted += part.length;
    rest += text.length - part.length;
  }
  return rest === 0 ? tokens : tokens + Math.ceil((tokens / counted) * rest);
}

/** Tokens that an answer reports. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
}

/** `usage` of an answer (chat, completion, embedding; the `responses` API names them input and output). */
export function usageOf(answer: unknown): TokenUsage | undefined {
  const usage = (answer as { usage?: unknown } | null | undefined)?.usage as
    | Record<string, unknown>
    | null
    | undefined;
  if (typeof usage !== 'object' || usage === null) return undefined;
  const number = (...names: string[]): number => {
    for (const name of names) if (typeof usage[name] === 'number') return usage[name];
    return 0;
  };
  const prompt = number('prompt_tokens', 'input_tokens');
  const completion = number('completion_tokens', 'output_tokens');
  return { prompt, completion, total: number('total_tokens') || prompt + completion };
}

/** The text that an answer or a chunk of one adds. */
export function completionText(answer: unknown): string {
  const choices = (answer as { choices?: unknown } | null | undefined)?.choices;
  if (!Array.isArray(choices)) return '';
  const texts: string[] = [];
  for (const choice of choices as {
    message?: ChatMessage;
    delta?: ChatMessage;
    text?: unknown;
  }[]) {
    collect(choice?.message?.content, texts);
    collect(choice?.delta?.content, texts);
    collect(choice?.text, texts);
  }
  return texts.join('');
}

/** A JSON object, or undefined. Throws JsonBoundError. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseBoundedJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    if (error instanceof JsonBoundError) throw error;
    return undefined;
  }
}
