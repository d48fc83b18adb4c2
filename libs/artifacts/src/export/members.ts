import { isRecord } from '../folder/parse-text.js';

/** An object of which nothing is known: properties of a resource. */
export type Members = Readonly<Record<string, unknown>>;

/** A text, or what stands for one that is missing. */
export function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** An object; an empty one for anything else. */
export function record(value: unknown): Members {
  return isRecord(value) ? value : {};
}

/** The objects of a list. */
export function records(value: unknown): Members[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : [];
}
