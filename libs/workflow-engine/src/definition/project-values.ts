import {
  compileTemplate,
  isObject,
  isTemplate,
  membersOf,
  memberOf,
  objectOf,
  pointerStep,
  spellingOf,
  textOf,
  WorkflowExpressionError,
  type EvaluationScope,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import type { Report } from './problem.js';
import { projectObject, type AppSettings, type ProjectFiles } from './project-files.js';

/** Members of an object by name, without regard to case: how app settings and parameters are found. */
function lookup(
  values: Readonly<Record<string, WorkflowValue>>,
  name: string,
): WorkflowValue | undefined {
  const spelling = spellingOf(values, name);
  return spelling === undefined ? undefined : values[spelling];
}

class ProjectValues {
  constructor(
    private readonly file: string,
    private readonly scope: EvaluationScope,
    private readonly report: Report,
  ) {}

  /** The value with the expressions that are legal in this file evaluated; what has no value stays as it is, with a warning. */
  resolve(value: WorkflowValue, pointer: string): WorkflowValue {
    if (typeof value === 'string') return this.text(value, pointer);
    if (Array.isArray(value))
      return value.map((item: WorkflowValue, index) =>
        this.resolve(item, pointer + pointerStep(index)),
      );
    if (!isObject(value)) return value;
    return objectOf(
      membersOf(value).map(
        ([name, member]) => [name, this.resolve(member, pointer + pointerStep(name))] as const,
      ),
    );
  }

  private text(text: string, pointer: string): WorkflowValue {
    if (!isTemplate(text)) return text;
    try {
      return compileTemplate(text).evaluate(this.scope);
    } catch (error) {
      if (!(error instanceof WorkflowExpressionError)) throw error;
      this.report.warning(
        'UnresolvedSetting',
        pointer,
        `${this.file}${pointer}: '${text}' has no value: ${error.message}`,
      );
      return text;
    }
  }
}

function scopeOf(settings: AppSettings, parameters?: WorkflowObject): EvaluationScope {
  return {
    appSetting: (name) => lookup(settings, name),
    ...(parameters === undefined ? {} : { parameter: (name: string) => lookup(parameters, name) }),
    now: () => 0,
    newGuid: () => '00000000-0000-0000-0000-000000000000',
    random: () => 0,
  };
}

/** What a declared type makes of a value that an app setting gave as text. */
function typed(value: WorkflowValue, type: string): WorkflowValue {
  if (typeof value !== 'string') return value;
  switch (type.toLowerCase()) {
    case 'int':
    case 'integer':
      return /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
    case 'float':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
    case 'bool':
    case 'boolean':
      return /^true$/i.test(value) ? true : /^false$/i.test(value) ? false : value;
    default:
      return value;
  }
}

/** parameters.json of a Standard project, `{ name: { type, value } }`: the values by name. */
export function projectParameters(
  files: ProjectFiles,
  settings: AppSettings,
  report: Report,
): WorkflowObject {
  const declared = projectObject(files, 'parameters.json', report);
  const values = new ProjectValues('parameters.json', scopeOf(settings), report);
  const members: [string, WorkflowValue][] = [];
  for (const [name, entry] of membersOf(declared)) {
    if (!isObject(entry)) continue;
    const value = memberOf(entry, 'value');
    if (value === undefined) continue;
    const type = textOf(memberOf(entry, 'type') ?? null);
    members.push([name, typed(values.resolve(value, `${pointerStep(name)}/value`), type)]);
  }
  return objectOf(members);
}

/** connections.json with `@parameters()` and `@appsetting()` evaluated. */
export function projectConnections(
  files: ProjectFiles,
  settings: AppSettings,
  values: { readonly parameters: WorkflowObject; readonly report: Report },
): WorkflowObject {
  const { parameters, report } = values;
  const connections = projectObject(files, 'connections.json', report);
  const resolved = new ProjectValues(
    'connections.json',
    scopeOf(settings, parameters),
    report,
  ).resolve(connections, '');
  return isObject(resolved) ? resolved : {};
}
