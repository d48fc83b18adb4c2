import type { PolicyElement } from '../document/policy-element.js';
import type { Block } from '../pipeline/block.js';
import type { PreflightRule } from '../pipeline/compiled-operation.js';
import type { Place } from '../pipeline/policy-error.js';
import { compileValue } from '../values/compile-value.js';
import { readsRequestBody, readsResponseBody, type Value } from '../values/value.js';
import type { ValueSource } from '../values/value-source.js';
import type { SchemaSource } from './environment.js';
import type { Report } from './report.js';

/** Which policies may stand in a container. */
export interface Nesting {
  readonly only?: readonly string[];
  readonly not?: readonly string[];
}

/** What a section compiler lends to the compilers of its policies. */
export interface SectionWork {
  readonly report: Report;
  /** Compiles the policies inside a container. `segment`: `when[2]`. */
  nested(xml: PolicyElement, path: string, nesting: Nesting): Block;
  preflight(rule: PreflightRule): void;
  reads(bits: number): void;
  schema(id: string): SchemaSource | undefined;
}

/** Handed to a policy while it compiles: turns values into closures and children into blocks. */
export class PolicyCompiler {
  /** Bodies that this policy's own step reads; bits. */
  reads = 0;

  constructor(
    /** Of the policy itself. */
    readonly place: Place,
    private readonly work: SectionWork,
  ) {}

  get report(): Report {
    return this.work.report;
  }

  /** A value that is evaluated when the step begins: what it reads is in memory by then. */
  value<T>(source: ValueSource<T>): Value<T>;
  value<T>(source: ValueSource<T> | undefined): Value<T> | undefined;
  value<T>(source: ValueSource<T> | undefined): Value<T> | undefined {
    if (!source) return undefined;
    const value = this.laterValue(source);
    this.reads |= value.reads;
    return value;
  }

  /** A value that is evaluated after other steps ran: the policy calls `bufferBodies` itself. */
  laterValue<T>(source: ValueSource<T>): Value<T> {
    const value = compileValue(source, this.work.report);
    this.work.reads(value.reads);
    return value;
  }

  /** The step reads this body: it is in memory when the step begins. */
  needs(body: 'request-body' | 'response-body'): void {
    this.reads |= body === 'request-body' ? readsRequestBody : readsResponseBody;
    this.work.reads(this.reads);
  }

  /** The policies inside an element; `segment` names it among its siblings: `when[2]`. */
  block(xml: PolicyElement, segment = '', nesting: Nesting = {}): Block {
    const path = segment ? `${this.place.path}/${segment}` : this.place.path;
    return this.work.nested(xml, path, nesting);
  }

  /** The body of the message that this section is about. */
  needsMessageBody(): void {
    this.needs(this.onResponse ? 'response-body' : 'request-body');
  }

  /** True in outbound and on-error, where policies change the response. */
  get onResponse(): boolean {
    return this.place.section === 'outbound' || this.place.section === 'on-error';
  }

  preflight(rule: PreflightRule): void {
    this.work.preflight(rule);
  }

  schema(id: string): SchemaSource | undefined {
    return this.work.schema(id);
  }
}
