import type { PolicyElement } from '../document/policy-element.js';
import { closest, type PolicyProblem } from '../document/problem.js';
import type { Block } from '../pipeline/block.js';
import type { PreflightRule } from '../pipeline/compiled-operation.js';
import type { Place } from '../pipeline/policy-error.js';
import type { Section } from '../pipeline/scope.js';
import type { Step } from '../pipeline/step.js';
import { bufferBodies } from '../values/value.js';
import { checkPlace, OnceInDocument } from './check-place.js';
import type { Environment } from './environment.js';
import { loadDocument, type LoadedDocument } from './load-document.js';
import { PolicyCompiler, type Nesting, type SectionWork } from './policy-compiler.js';
import { Report } from './report.js';

/** One compiled section with everything inherited. */
export interface SectionBlock extends Block {
  readonly preflight: readonly PreflightRule[];
  /** Bits of bodies that steps read. */
  readonly reads: number;
  /** Mistakes of this document's section alone, not of the parents. */
  readonly problems: readonly PolicyProblem[];
}

export const emptySection: SectionBlock = {
  steps: [],
  places: [],
  preflight: [],
  reads: 0,
  problems: [],
};

/** What is compiled and into what. */
interface SectionInput {
  readonly loaded: LoadedDocument;
  readonly element: PolicyElement;
  readonly section: Section | undefined;
  readonly parent: SectionBlock;
  /** Which policies may stand at the top. Default: all. */
  readonly nesting?: Nesting;
}

/** Compiles the content of a section (or of a fragment that is validated alone). */
export function compileSection(input: SectionInput, environment: Environment): SectionBlock {
  const compiler = new SectionCompiler(input, environment);
  compiler.sequence(input.element, {
    path: '',
    loaded: input.loaded,
    nesting: input.nesting ?? {},
  });
  return compiler.result();
}

/** Where a sequence of policies stands. */
interface Sequence {
  /** Of the container, empty at the top. */
  readonly path: string;
  readonly loaded: LoadedDocument;
  readonly nesting: Nesting;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Fragments that include others twice would grow without end. */
const mostIncludes = 5000;

class SectionCompiler {
  readonly #steps: Step[] = [];
  readonly #places: Place[] = [];
  readonly #preflight: PreflightRule[] = [];
  readonly #problems: PolicyProblem[] = [];
  readonly #told = new Set<string>();
  readonly #once = new OnceInDocument();
  /** Fragments being expanded, outermost first. */
  readonly #including: string[] = [];
  #includes = 0;
  #reads = 0;

  constructor(
    private readonly input: SectionInput,
    private readonly environment: Environment,
  ) {}

  result(): SectionBlock {
    const problems = this.#problems.filter((problem) => {
      const key = `${problem.document}:${problem.line}:${problem.column}:${problem.message}`;
      return !this.#told.has(key) && this.#told.add(key);
    });
    return {
      steps: this.#steps,
      places: this.#places,
      preflight: this.#preflight,
      reads: this.#reads,
      problems,
    };
  }

  /** Adds the policies of an element to the current arrays. */
  sequence(xml: PolicyElement, at: Sequence, into: Block = this.#flat()): void {
    const { path, loaded, nesting } = at;
    const report = this.#report(loaded);
    report.noText(xml);
    const counts = new Map<string, number>();
    for (const child of xml.children) {
      const index = (counts.get(child.name) ?? 0) + 1;
      counts.set(child.name, index);
      const childPath = `${path ? `${path}/` : ''}${child.name}[${index}]`;
      if (child.name === 'base') this.#base(child, loaded, report, into);
      else if (child.name === 'include-fragment')
        this.#fragment(child, { path, nesting, report }, into);
      else this.#policy(child, { path: childPath, loaded, report, nesting }, into);
    }
  }

  #flat(): Block {
    return { steps: this.#steps, places: this.#places };
  }

  #report(loaded: LoadedDocument): Report {
    return new Report({
      document: loaded.document,
      scope: this.input.loaded.scope,
      section: this.input.section,
      namedValues: this.environment.namedValues,
      problems: this.#problems,
      advice: this.environment.options.advice,
      known: this.environment.options,
    });
  }

  #base(xml: PolicyElement, loaded: LoadedDocument, report: Report, into: Block): void {
    report.attributes(xml, {});
    report.empty(xml);
    if (loaded.kind === 'fragment') {
      report.problem('misplaced', "The element 'base' is not allowed in a policy fragment.", xml);
      return;
    }
    const { parent } = this.input;
    (into.steps as Step[]).push(...parent.steps);
    (into.places as Place[]).push(...parent.places);
    this.#preflight.push(...parent.preflight);
    this.#reads |= parent.reads;
  }

  #fragment(
    xml: PolicyElement,
    at: { path: string; nesting: Nesting; report: Report },
    into: Block,
  ): void {
    const { report } = at;
    const attribute = xml.attribute('fragment-id');
    report.attributes(xml, { 'fragment-id': fragmentId });
    report.empty(xml);
    if (!attribute) return;
    const id = attribute.text;
    const { fragments } = this.environment.options;
    if (!fragments || id.includes('{{')) return;
    const source = fragments.get(id) ?? [...fragments].find(([name]) => sameName(name, id))?.[1];
    if (!source) {
      const near = closest(id, fragments.keys());
      report.problem(
        'fragment',
        `Policy fragment with id '${id}' could not be found.`,
        xml,
        near && `did you mean '${near}'?`,
      );
      return;
    }
    if (this.#including.some((other) => sameName(other, id))) {
      report.problem(
        'fragment',
        `Policy fragment '${id}' includes itself: ${[...this.#including, id].join(' -> ')}.`,
        xml,
      );
      return;
    }
    this.#includes += 1;
    if (this.#includes === mostIncludes + 1)
      report.problem('fragment', `A section includes more than ${mostIncludes} fragments.`, xml);
    if (this.#includes > mostIncludes) return;
    const { cache } = this.environment;
    let loaded = cache.fragments.get(id);
    if (!loaded) {
      loaded = loadDocument({ ...source, path: source.path ?? id }, undefined);
      cache.fragments.set(id, loaded);
    }
    this.#problems.push(...loaded.problems);
    if (!loaded.fragment) {
      report.problem('fragment', `Policy fragment '${id}' has no 'fragment' root element.`, xml);
      return;
    }
    this.#including.push(id);
    this.sequence(
      loaded.fragment,
      {
        path: at.path ? `${at.path}/include-fragment(${id})` : `include-fragment(${id})`,
        loaded,
        nesting: at.nesting,
      },
      into,
    );
    this.#including.pop();
  }

  #policy(
    xml: PolicyElement,
    at: { path: string; loaded: LoadedDocument; report: Report; nesting: Nesting },
    into: Block,
  ): void {
    const { report, nesting } = at;
    const policy = this.environment.policies.get(xml.name);
    if (!policy) {
      const near = closest(xml.name, [
        ...this.environment.policies.keys(),
        'base',
        'include-fragment',
      ]);
      report.problem(
        'unknown-element',
        `The element '${xml.name}' is not a known policy.`,
        xml,
        near && `did you mean '${near}'?`,
      );
      return;
    }
    if (policy.support?.level === 'refused') {
      report.problem(
        'refused',
        `The policy '${xml.name}' is not supported: ${policy.support.why}`,
        xml,
      );
      return;
    }
    if (nesting.not?.includes(xml.name) || (nesting.only && !nesting.only.includes(xml.name))) {
      report.problem(
        'misplaced',
        `The policy '${xml.name}' is not allowed inside this element.`,
        xml,
      );
    }
    checkPlace(policy, xml, report, this.input.loaded.kind);
    if (policy.once) this.#once.check(xml, report);
    const place: Place = {
      source: xml.name,
      scope: this.input.loaded.scope ?? 'global',
      section: this.input.section ?? 'inbound',
      path: at.path,
      policyId: xml.attribute('id')?.text ?? '',
    };
    const compiler = new PolicyCompiler(place, this.#work(at.loaded, report));
    const step = policy.prepare(xml, report)(compiler);
    this.#reads |= compiler.reads;
    (into.steps as Step[]).push(buffered(step, compiler.reads));
    (into.places as Place[]).push(place);
  }

  #work(loaded: LoadedDocument, report: Report): SectionWork {
    return {
      report,
      nested: (xml, path, nesting) => {
        const block: Block = { steps: [], places: [] };
        this.sequence(xml, { path, loaded, nesting }, block);
        return block;
      },
      preflight: (rule) => this.#preflight.push(rule),
      reads: (bits) => {
        this.#reads |= bits;
      },
      schema: (id) => this.environment.options.schemas?.get(id),
    };
  }
}

const fragmentId = {
  kind: {
    name: 'string',
    parse: (text: string) => text,
    convert: () => undefined,
    complaint: () => '',
  },
  required: true,
  expression: false,
} as const;

/** A step whose bodies are in memory when it begins. */
function buffered(step: Step, reads: number): Step {
  if (reads === 0) return step;
  return (context) => {
    const waiting = bufferBodies(context, reads);
    return waiting ? waiting.then(() => step(context)) : step(context);
  };
}
