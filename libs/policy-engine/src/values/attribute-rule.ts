import type { TimeSpan } from '@isthmus/dotnet';
import {
  booleanKind,
  choiceKind,
  guidKind,
  integerKind,
  numberKind,
  objectKind,
  textKind,
  timeSpanKind,
  type ValueKind,
} from './value-kind.js';

/** What a policy says about one attribute; checks, defaults and the support table are derived from it. */
export interface AttributeRule<T, Present extends boolean = boolean> {
  readonly kind: ValueKind<T>;
  readonly required: boolean;
  /** Whether a policy expression may stand there. */
  readonly expression: boolean;
  readonly default?: T;
  /** Only for types: the value is there after parsing. */
  readonly present?: Present;
}

interface Options {
  readonly required?: true;
  /** Default true. */
  readonly expression?: boolean;
}

type Given<T, O> = AttributeRule<T, O extends { required: true } | { default: T } ? true : false>;

function rule<T, const O extends Options & { readonly default?: T }>(
  kind: ValueKind<T>,
  options: O,
): Given<T, O> {
  return {
    kind,
    required: options.required ?? false,
    expression: options.expression ?? true,
    ...(options.default === undefined ? {} : { default: options.default }),
  };
}

export function text<const O extends Options & { readonly default?: string }>(
  options: O = {} as O,
): Given<string, O> {
  return rule(textKind, options);
}

export function guid<const O extends Options>(options: O = {} as O): Given<string, O> {
  return rule(guidKind, options) as Given<string, O>;
}

export function interval<const O extends Options>(options: O = {} as O): Given<TimeSpan, O> {
  return rule(timeSpanKind, options) as Given<TimeSpan, O>;
}

export function anyValue<const O extends Options>(options: O = {} as O): Given<unknown, O> {
  return rule(objectKind, options) as Given<unknown, O>;
}

export function flag<const O extends Options & { readonly default?: boolean }>(
  options: O = {} as O,
): Given<boolean, O> {
  return rule<boolean, O>(booleanKind, options);
}

export function integer<
  const O extends Options & {
    readonly default?: number;
    readonly least?: number;
    readonly most?: number;
  },
>(options: O = {} as O): Given<number, O> {
  return rule<number, O>(integerKind(options.least, options.most), options);
}

export function number<
  const O extends Options & {
    readonly default?: number;
    readonly least?: number;
    readonly most?: number;
  },
>(options: O = {} as O): Given<number, O> {
  return rule<number, O>(numberKind(options.least, options.most), options);
}

export function choice<
  const T extends string,
  const O extends Options & { readonly default?: NoInfer<T> },
>(allowed: readonly T[], options: O = {} as O): Given<T, O> {
  return rule<T, O>(choiceKind(allowed), options);
}

/** The attributes of an element by name. */
export type AttributeRules = Readonly<
  Record<string, AttributeRule<never> | AttributeRule<unknown>>
>;
