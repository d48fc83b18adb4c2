import {
  isObject,
  JsonTextError,
  memberOf,
  membersOf,
  parseJson,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Report } from './problem.js';

/** The files of a Standard project: path relative to its root, with forward slashes, to text. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** App settings by name; the environment of the process in Azure. */
export type AppSettings = Readonly<Record<string, string>>;

/** A file by its name in any case. */
function projectFile(files: ProjectFiles, name: string): string | undefined {
  const exact = files.get(name);
  if (exact !== undefined) return exact;
  for (const [path, text] of files) if (path.toLowerCase() === name.toLowerCase()) return text;
  return undefined;
}

/** A JSON file of the project; problems are reported, and the file read as if it were empty. */
export function projectObject(files: ProjectFiles, name: string, report: Report): WorkflowObject {
  const text = projectFile(files, name);
  if (text === undefined || text.trim() === '') return {};
  try {
    const value = parseJson(text.replace(/^\ufeff/, ''));
    if (isObject(value)) return value;
    report.error('InvalidJSON', '', `${name} is not a JSON object.`);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    report.error('InvalidJSON', '', `${name} is not valid JSON: ${error.message}`);
  }
  return {};
}

function texts(value: WorkflowValue | undefined): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    membersOf(value).map(([name, member]) => [name, textOf(member)] as const),
  );
}

/** App settings: `Values` of local.settings.json, then those that the host gives. */
export function appSettingsOf(
  files: ProjectFiles,
  given: AppSettings,
  report: Report,
): AppSettings {
  const local = projectObject(files, 'local.settings.json', report);
  return { ...texts(memberOf(local, 'Values')), ...given };
}

/** host.json `extensions.workflow.settings`, such as `Runtime.Backend.FlowRunTimeout`. */
export function hostSettingsOf(files: ProjectFiles, report: Report): AppSettings {
  let value: WorkflowValue | undefined = projectObject(files, 'host.json', report);
  for (const name of ['extensions', 'workflow', 'settings'])
    value = isObject(value) ? memberOf(value, name) : undefined;
  return texts(value);
}
