import type { ArtifactProblem, ArtifactResource } from '../resource.js';
import { folderKinds } from './layout.js';
import { finishProperties } from './properties.js';
import { applyOverrides, replaceTokens } from './overrides.js';
import { parseJson, isRecord } from './parse-text.js';
import type { Report } from './parse-text.js';
import { placeFile } from './place-file.js';
import type { FilePlace } from './place-file.js';
import type { ArtifactFiles } from './read-files.js';
import { addSpecifications } from './specifications.js';
import type { ApiSpecification } from './specifications.js';

export type { ApiSpecification } from './specifications.js';

/** What a folder holds. `resources` are ordered by id and carry the file that each came from. */
export interface ArtifactFolder {
  readonly resources: readonly ArtifactResource[];
  /** The description documents of APIs, verbatim. */
  readonly specifications: readonly ApiSpecification[];
  readonly problems: readonly ArtifactProblem[];
}

/** How a folder is read. */
export interface ReadOptions {
  /** Name of the environment whose `configuration.<environment>.yaml` is laid over the folder. */
  readonly environment?: string;
  /** Values of pipeline tokens, `{#NAME#}` and `{#[NAME]#}`. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** "hashed" (the default): subscription keys become `primaryKeyHash`, `secondaryKeyHash`. */
  readonly subscriptionKeys?: 'hashed' | 'plain';
}

/**
 * Reads an APIOps folder of any generation (spaces in folder names, link folders, lists of names)
 * into resources. Every mistake is reported with file, line and column, and what it concerns is
 * left out; the rest is read.
 */
export function readArtifacts(files: ArtifactFiles, options: ReadOptions = {}): ArtifactFolder {
  const problems: ArtifactProblem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const resources = new Map<string, ArtifactResource>();
  const specifications: ApiSpecification[] = [];
  const related = new Map([...files].filter(([file]) => isRelated(file)));
  for (const [file, text] of files) {
    if (isConfiguration(file) || isIgnored(file)) continue;
    const place = placeFile(file, folderKinds);
    if (!place && isRelated(file)) continue;
    if (!place) {
      report({ severity: 'warning', message: 'This file belongs to no known artifact.', file });
      continue;
    }
    readFile({ file, text, place }, { options, report, resources, specifications, related });
  }
  const complete = addSpecifications([...resources.values()], specifications, report);
  const overridden = overrideFor(files, complete, options, report);
  const finished = overridden
    .map((resource) => ({ ...resource, properties: finishProperties(resource, options) }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { resources: finished, specifications, problems };
}

interface Reading {
  readonly options: ReadOptions;
  readonly report: Report;
  readonly resources: Map<string, ArtifactResource>;
  readonly specifications: ApiSpecification[];
  /** Documents that WSDLs may import, by their paths in the folder. */
  readonly related: ReadonlyMap<string, string>;
}

function readFile(one: { file: string; text: string; place: FilePlace }, reading: Reading): void {
  const { file, text, place } = one;
  switch (place.role) {
    case 'policy':
      put(reading, place.id, { format: 'rawxml', value: text.replace(/^\uFEFF/, '') }, file);
      return;
    case 'fragment':
      put(reading, place.id, { format: 'rawxml', value: text.replace(/^\uFEFF/, '') }, file);
      return;
    case 'wiki':
      put(reading, place.id, { documents: [], text }, file);
      return;
    case 'specification':
      reading.specifications.push({ apiId: place.id, file, text, ...relatedTo(file, reading) });
      return;
    case 'information':
      readInformation(one, reading);
      return;
    case 'list':
      readList(one, place.collection, reading);
  }
}

function readInformation(
  one: { file: string; text: string; place: FilePlace },
  reading: Reading,
): void {
  const { options, report } = reading;
  const text = replaceTokens(one.text, options.tokens ?? {}, (name) =>
    report({ severity: 'error', message: `The token '${name}' has no value.`, file: one.file }),
  );
  const value = text.trim() === '' ? {} : parseJson(text, one.file, report);
  if (value === undefined) return;
  if (!isRecord(value)) {
    report({
      severity: 'error',
      message: 'Expected an object with "properties".',
      file: one.file,
      line: 1,
      column: 1,
    });
    return;
  }
  const properties = isRecord(value['properties']) ? value['properties'] : {};
  put(reading, one.place.id, properties, one.file);
}

function readList(
  one: { file: string; text: string; place: FilePlace },
  collection: string,
  reading: Reading,
): void {
  const value = parseJson(one.text, one.file, reading.report);
  if (value === undefined) return;
  if (!Array.isArray(value)) {
    const message = 'Expected a list of names: [{ "name": "..." }].';
    reading.report({ severity: 'error', message, file: one.file, line: 1, column: 1 });
    return;
  }
  for (const item of value as unknown[]) {
    const name = typeof item === 'string' ? item : isRecord(item) ? item['name'] : undefined;
    if (typeof name === 'string' && name !== '')
      put(reading, `${one.place.id}/${collection}/${name}`, {}, one.file);
    else
      reading.report({
        severity: 'error',
        message: 'An item of the list has no name.',
        file: one.file,
      });
  }
}

/** Description and policy of a fragment are one resource; so files of one id are merged. */
function put(
  reading: Reading,
  id: string,
  properties: Record<string, unknown>,
  file: string,
): void {
  const key = id.toLowerCase();
  const before = reading.resources.get(key);
  const isText = 'value' in properties && 'format' in properties;
  reading.resources.set(key, {
    id: before?.id ?? id,
    properties: isText
      ? { ...before?.properties, ...properties }
      : { ...properties, ...keepText(before) },
    file: isText || !before ? file : before.file,
  });
}

function keepText(before: ArtifactResource | undefined): Record<string, unknown> {
  const { value, format } = before?.properties ?? {};
  return value === undefined || format === undefined ? {} : { value, format };
}

function overrideFor(
  files: ArtifactFiles,
  resources: readonly ArtifactResource[],
  options: ReadOptions,
  report: Report,
): readonly ArtifactResource[] {
  if (options.environment === undefined) return resources;
  const names = ['yaml', 'yml'].map(
    (extension) => `configuration.${options.environment}.${extension}`,
  );
  const file = names.find((name) => files.has(name));
  if (file === undefined) {
    report({
      severity: 'error',
      message: `There is no ${names[0]} beside the artifacts.`,
      file: names[0] ?? '',
    });
    return resources;
  }
  const text = replaceTokens(files.get(file) ?? '', options.tokens ?? {}, (name) =>
    report({ severity: 'error', message: `The token '${name}' has no value.`, file }),
  );
  return applyOverrides(resources, { text, file }, report);
}

/** Documents beside a WSDL in the folder of an API, or below. */
function isRelated(file: string): boolean {
  return /(^|\/)apis\/[^/]+\/(.*\/)?[^/]+\.(xsd|wsdl)$/i.test(file) && !isSpecification(file);
}

function isSpecification(file: string): boolean {
  return /\/specification\.wsdl$/i.test(file);
}

function relatedTo(file: string, { related }: Reading): Pick<ApiSpecification, 'related'> {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const own = [...related].filter(([path]) => path.startsWith(folder));
  if (own.length === 0 || !isSpecification(file)) return {};
  return { related: new Map(own.map(([path, text]) => [path.slice(folder.length), text])) };
}

function isConfiguration(file: string): boolean {
  return /^configuration(\.[\w-]+)*\.ya?ml$/i.test(file);
}

function isIgnored(file: string): boolean {
  return /(^|\/)(readme\.md|licen[cs]e(\.\w+)?)$/i.test(file);
}
