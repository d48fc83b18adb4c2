import type { PolicyDocument } from '../document/policy-document.js';
import type { PolicyElement, SourceText } from '../document/policy-element.js';
import { closest, type PolicyProblem, type ProblemCode } from '../document/problem.js';
import type { Scope, Section } from '../pipeline/scope.js';
import type { AttributeRule, AttributeRules } from '../values/attribute-rule.js';
import { substituteNamedValues } from '../values/named-values.js';
import {
  hasCodePlaceholder,
  hasCodeReference,
  holdsPlaceholder,
  isPlaceholder,
} from '../values/placeholder.js';
import { splitValue } from '../values/split-value.js';
import { textKind, type ValueKind } from '../values/value-kind.js';
import type { ParsedAttributes, ValuePiece, ValueSource } from '../values/value-source.js';

/** How often a child element may stand. Default: any number. */
export interface ChildRule {
  readonly least?: number;
  readonly most?: number;
}

/** Where a report stands and what it may use. */
export interface ReportScope {
  readonly document: PolicyDocument;
  readonly scope: Scope | undefined;
  readonly section: Section | undefined;
  /** Display name in lower case to value; undefined: not known. */
  readonly namedValues: ReadonlyMap<string, string> | undefined;
  readonly problems: PolicyProblem[];
  /** Collects what runs here and API Management refuses. */
  readonly advice?: PolicyProblem[] | undefined;
  /** Entities that policies name; undefined members are not known. */
  readonly known: {
    readonly backends?: ReadonlySet<string> | undefined;
    readonly loggers?: ReadonlySet<string> | undefined;
    readonly schemas?: ReadonlyMap<string, unknown> | undefined;
  };
}

/** Reads elements by declared rules and collects every mistake. */
export class Report {
  constructor(readonly at: ReportScope) {}

  problem(
    code: ProblemCode,
    message: string,
    where: PolicyElement | (SourceText & { element: string }),
    hint?: string,
  ): void {
    this.at.problems.push(this.#problem(code, message, where, hint));
  }

  /** What runs here and API Management refuses. */
  advise(message: string, where: SourceText & { element: string }): void {
    this.at.advice?.push(this.#problem('expression', message, where));
  }

  #problem(
    code: ProblemCode,
    message: string,
    where: PolicyElement | (SourceText & { element: string }),
    hint?: string,
  ): PolicyProblem {
    const place =
      'element' in where
        ? { offset: where.offset, element: where.element }
        : { offset: where.offset, element: where.name };
    return this.at.document.problem(code, message, place, {
      section: this.at.section,
      scope: this.at.scope,
      hint,
    });
  }

  /** The attributes of an element; unknown, missing and wrong ones are reported. `id` is always allowed. */
  attributes<const R extends AttributeRules>(xml: PolicyElement, rules: R): ParsedAttributes<R> {
    const parsed: Record<string, ValueSource<unknown> | undefined> = {};
    for (const attribute of xml.attributes) {
      if (attribute.name in rules || attribute.name === 'id' || attribute.name.startsWith('xmlns'))
        continue;
      const near = closest(attribute.name, Object.keys(rules));
      this.problem(
        'unknown-attribute',
        `The '${attribute.name}' attribute is not declared.`,
        { text: '', offset: attribute.nameOffset, element: xml.name },
        near ? `did you mean '${near}'?` : undefined,
      );
    }
    for (const [name, rule] of Object.entries(rules) as [string, AttributeRule<unknown>][]) {
      const attribute = xml.attribute(name);
      if (attribute)
        parsed[name] = this.value(rule, attribute, xml, `The '${name}' attribute is invalid`);
      else if (rule.required) {
        this.problem('missing-attribute', `The required attribute '${name}' is missing.`, xml);
        parsed[name] = {
          kind: rule.kind,
          literal: rule.kind.parse(''),
          element: xml.name,
          document: this.at.document,
          offset: xml.offset,
        };
      } else if (rule.default !== undefined) {
        parsed[name] = {
          kind: rule.kind,
          literal: rule.default,
          element: xml.name,
          document: this.at.document,
          offset: xml.offset,
        };
      }
    }
    return parsed as ParsedAttributes<R>;
  }

  /** The text of an element that has no children, trimmed. */
  text(xml: PolicyElement): ValueSource<string>;
  text<T>(xml: PolicyElement, rule: AttributeRule<T>): ValueSource<T>;
  text(xml: PolicyElement, rule?: AttributeRule<unknown>): ValueSource<unknown> {
    for (const child of xml.children) {
      this.problem(
        'unknown-element',
        `The element '${xml.name}' cannot contain the element '${child.name}'.`,
        child,
      );
    }
    const content = xml.content;
    const used = rule ?? {
      kind: textKind as ValueKind<unknown>,
      required: false,
      expression: true,
    };
    return this.value(
      used,
      { text: content.text.trim(), offset: content.offset },
      xml,
      `The content of '${xml.name}' is invalid`,
    );
  }

  /** One value: named values replaced, expression or literal told apart, the literal checked. */
  value<T>(
    rule: AttributeRule<T>,
    source: SourceText,
    xml: PolicyElement,
    complaint: string,
  ): ValueSource<T> {
    const where = { element: xml.name, document: this.at.document, offset: source.offset };
    const { text, missing } = substituteNamedValues(source.text, this.at.namedValues);
    const pieces = splitValue(text);
    const spot = { text: '', offset: source.offset, element: xml.name };
    if (missing.length > 0 && this.at.namedValues && !pieces) {
      for (const name of missing)
        this.problem('named-value', `Cannot find a property '${name}'`, spot);
    }
    if (pieces) {
      // `{{name}}` in an interpolated C# string is an escaped brace, not a reference.
      for (const name of this.at.namedValues &&
      !text.includes('$"') &&
      !text.includes('$@"') &&
      !text.includes('@$"')
        ? missing
        : []) {
        this.problem('named-value', `Cannot find a property '${name}'`, spot);
      }
      if (!rule.expression)
        this.problem(
          'expression-not-allowed',
          `${complaint}: policy expressions are not allowed here.`,
          spot,
        );
      return {
        kind: rule.kind,
        pieces: this.#pieces(pieces, source, this.#isOpen(text, missing)),
        ...where,
      };
    }
    const literal = rule.kind.parse(text);
    // A reference that cannot be resolved here may hold anything, and so may a placeholder of a deployment tool.
    const trusted =
      missing.length > 0 || (this.at.namedValues === undefined && isPlaceholder(text));
    if (literal === undefined && !trusted) {
      this.problem('invalid-value', `${complaint} - ${rule.kind.complaint(text)}`, spot);
    }
    return literal === undefined
      ? { kind: rule.kind, ...where }
      : { kind: rule.kind, literal, ...where };
  }

  /** True when a literal may still be filled in, by a named value that is not known or by a deployment tool. */
  isOpen(literal: string): boolean {
    return (
      literal.includes('{{') || (this.at.namedValues === undefined && holdsPlaceholder(literal))
    );
  }

  /** True when the code of an expression is not complete yet: it cannot be judged. */
  #isOpen(text: string, missing: readonly string[]): boolean {
    if (missing.length > 0 && hasCodeReference(text)) return true;
    return this.at.namedValues === undefined && hasCodePlaceholder(text);
  }

  #pieces(
    pieces: readonly { kind: 'text' | 'expression'; text: string; at: number }[],
    source: SourceText,
    opaque: boolean,
  ): ValuePiece[] {
    return pieces.map(({ kind, text, at }) =>
      kind === 'text' ? { kind, text } : { kind, text, offset: source.offset + at, opaque },
    );
  }

  /** The child elements by name; unknown ones, wrong counts and stray text are reported. */
  children<const R extends Readonly<Record<string, ChildRule>>>(
    xml: PolicyElement,
    rules: R,
  ): { [K in keyof R]: PolicyElement[] } {
    const found: Record<string, PolicyElement[]> = {};
    const names = Object.keys(rules);
    for (const name of names) found[name] = [];
    for (const child of xml.children) {
      const list = found[child.name];
      if (list) list.push(child);
      else {
        const near = closest(child.name, names);
        this.problem(
          'unknown-element',
          `The element '${xml.name}' has invalid child element '${child.name}'. List of possible elements expected: ${listed(names)}.`,
          child,
          near ? `did you mean '${near}'?` : undefined,
        );
      }
    }
    this.noText(xml, names);
    for (const [name, { least = 0, most = Infinity }] of Object.entries(rules)) {
      const list = found[name]!;
      if (list.length < least)
        this.problem(
          'missing-element',
          `The element '${xml.name}' has incomplete content. List of possible elements expected: '${name}'.`,
          xml,
        );
      for (const extra of list.slice(most))
        this.problem(
          'duplicate',
          `The element '${name}' may stand only ${most === 1 ? 'once' : `${most} times`} in '${xml.name}'.`,
          extra,
        );
    }
    return found as { [K in keyof R]: PolicyElement[] };
  }

  /** Reports text beside child elements. */
  noText(xml: PolicyElement, expected: readonly string[] = []): void {
    const stray = xml.strayText;
    if (!stray) return;
    const list =
      expected.length > 0 ? ` List of possible elements expected: ${listed(expected)}.` : '';
    this.problem('text-not-allowed', `The element '${xml.name}' cannot contain text.${list}`, {
      ...stray,
      element: xml.name,
    });
  }

  /** Reports child elements and text of an element that must be empty. */
  empty(xml: PolicyElement): void {
    this.children(xml, {});
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `'${name}'`).join(', ');
}
