import {
  isObject,
  JsonTextError,
  memberOf,
  parseJson,
  placeOf,
  textOf,
  type WorkflowObject,
  type WorkflowValue,
} from '@isthmus/workflow-expressions';
import { deployTemplate, parameterValues, type DeployedResource } from './arm/deploy-template.js';
import {
  documentKindOf,
  fromProperties,
  fromResource,
  nameOfFile,
  workflowKind,
  type Found,
} from './find-definition.js';
import { actionTree } from './action-tree.js';
import { checkAccessControl } from './check-access-control.js';
import { checkProject } from './check-project.js';
import { checkValues } from './check-values.js';
import { limitsOf, type DefinitionLimits } from './definition-limits.js';
import type { DocumentKind, LoadedDocument, LoadedWorkflow } from './loaded-workflow.js';
import { isOk, placed, Report, type Finding, type Problem } from './problem.js';
import {
  appSettingsOf,
  hostSettingsOf,
  projectObject,
  type AppSettings,
  type ProjectFiles,
} from './project-files.js';
import { presentMembers } from './present-members.js';
import { projectConnections, projectParameters } from './project-values.js';
import { validateDefinition } from './validate-definition.js';

/** What stands around a document. */
export interface LoadOptions {
  /** Files beside it: of a Standard project, or a template's parameter file. */
  readonly siblings?: ProjectFiles;
  /** Parameter values by name, which win over all others. */
  readonly parameters?: WorkflowObject;
  /** App settings, which win over local.settings.json. */
  readonly appSettings?: AppSettings;
  readonly limits?: DefinitionLimits;
  /** Names of the workflows of its project, where they are known. */
  readonly neighbours?: ReadonlySet<string>;
  /** Milliseconds since 1970, to check how far the starts of recurrences are away. */
  readonly now?: number;
}

/** The project around a workflow: what app settings, parameters.json, connections.json and host.json say. */
interface Surroundings {
  readonly appSettings: AppSettings;
  readonly settings: AppSettings;
  readonly parameters: WorkflowObject;
  readonly connections: WorkflowObject;
}

interface Contents {
  readonly found: readonly Found[];
  readonly resources: readonly WorkflowObject[];
}

class DocumentLoader {
  private readonly report = new Report();
  private readonly siblings: ProjectFiles;

  constructor(
    private readonly text: string,
    private readonly fileName: string,
    private readonly options: LoadOptions,
  ) {
    this.siblings = options.siblings ?? new Map();
  }

  load(): LoadedDocument {
    let document: WorkflowValue;
    try {
      document = parseJson(this.text.replace(/^\ufeff/, ''));
    } catch (error) {
      if (!(error instanceof JsonTextError)) throw error;
      return this.broken(error);
    }
    const kind = documentKindOf(document);
    if (!isObject(document) || kind === 'unknown') return this.finish('unknown', [], []);
    const { found, resources } = this.bounded(document, kind);
    const surroundings = this.surroundings(kind);
    return this.finish(
      kind,
      found.map((each) => this.workflow(each, kind, surroundings)),
      resources,
    );
  }

  private broken(error: JsonTextError): LoadedDocument {
    const problem: Problem = {
      severity: 'error',
      code: 'InvalidJSON',
      message: `${this.fileName} is not valid JSON: ${error.message}`,
      pointer: '',
      ...placeOf(this.text, error.offset),
    };
    return { kind: 'invalid', workflows: [], resources: [], problems: [problem], ok: false };
  }

  private finish(
    kind: DocumentKind,
    workflows: readonly LoadedWorkflow[],
    resources: readonly WorkflowObject[],
  ): LoadedDocument {
    const problems = [
      ...placed(this.report.findings, this.text),
      ...workflows.flatMap((workflow) => workflow.problems),
    ];
    return { kind, workflows, resources, problems, ok: isOk(problems) };
  }

  /** A document that needs more depth than there is, is refused like any other mistake. */
  private bounded(document: WorkflowObject, kind: DocumentKind): Contents {
    try {
      return this.find(document, kind);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.report.error(
        'InvalidTemplate',
        '',
        `${this.fileName} is nested too deeply: ${error.message}.`,
      );
      return { found: [], resources: [] };
    }
  }

  private find(document: WorkflowObject, kind: DocumentKind): Contents {
    const name = nameOfFile(this.fileName);
    if (kind === 'arm-template') return this.template(document);
    if (kind === 'standard') {
      const found = fromProperties(name, document, '');
      return {
        found: found === undefined ? [] : [{ ...found, kind: memberOf(document, 'kind') }],
        resources: [],
      };
    }
    if (kind === 'resource') {
      const resourceName = textOf(memberOf(document, 'name') ?? name);
      const found = fromResource({ type: '', name: resourceName, resource: document, pointer: '' });
      return { found: found === undefined ? [] : [found], resources: [] };
    }
    return { found: [{ name, pointer: '', definition: document, parameters: {} }], resources: [] };
  }

  private template(template: WorkflowObject): Contents {
    const parameters = { ...this.parameterFile(), ...this.options.parameters };
    const deployed = deployTemplate({ template, pointer: '', parameters }, this.report);
    const isWorkflow = ({ type }: DeployedResource): boolean =>
      /^microsoft\.logic\/workflows$/i.test(type);
    const isConnection = ({ type }: DeployedResource): boolean =>
      /^microsoft\.web\/(?:connections|customapis)$/i.test(type);
    const found = deployed
      .filter(isWorkflow)
      .map(fromResource)
      .filter((each) => each !== undefined);
    return { found, resources: deployed.filter(isConnection).map(({ resource }) => resource) };
  }

  /** The values of the template's parameter file: `azuredeploy.parameters.json` beside `azuredeploy.json`. */
  private parameterFile(): WorkflowObject {
    const base =
      this.fileName
        .split(/[/\\]/)
        .at(-1)
        ?.replace(/\.json$/i, '') ?? '';
    const file = projectObject(this.siblings, `${base}.parameters.json`, this.report);
    return parameterValues(memberOf(file, 'parameters'));
  }

  private surroundings(kind: DocumentKind): Surroundings {
    const given = this.options.appSettings ?? {};
    if (kind !== 'standard' && kind !== 'definition')
      return { appSettings: given, settings: {}, parameters: {}, connections: {} };
    const beside = new Report();
    const appSettings = appSettingsOf(this.siblings, given, beside);
    const parameters = projectParameters(this.siblings, appSettings, beside);
    const connections = projectConnections(this.siblings, appSettings, {
      parameters,
      report: beside,
    });
    const settings = hostSettingsOf(this.siblings, beside);
    const name = ['connections.json', 'parameters.json'].find((file) => this.siblings.has(file));
    if (kind === 'standard' && name !== undefined && !this.siblings.has('host.json')) {
      beside.warning(
        'HostFileMissing',
        '',
        `There is no host.json beside ${name}; ${name} is read all the same.`,
      );
    }
    // These stand in other files: their pointers mean nothing in this text.
    this.report.findings.push(
      ...beside.findings.map((finding): Finding => ({ ...finding, pointer: '' })),
    );
    return { appSettings, settings, parameters, connections };
  }

  private workflow(found: Found, kind: DocumentKind, surroundings: Surroundings): LoadedWorkflow {
    const { name, pointer, accessControl } = found;
    const definition = presentMembers(found.definition);
    const report = new Report();
    const parameters = {
      ...surroundings.parameters,
      ...found.parameters,
      ...this.options.parameters,
    };
    checkValues(definition, parameters, report);
    if (kind === 'standard') {
      const connections = this.siblings.has('connections.json')
        ? surroundings.connections
        : undefined;
      const project = { connections, workflows: this.options.neighbours };
      checkProject(definition, actionTree(definition), project, report);
    }
    const findings = [
      ...validateDefinition(
        definition,
        this.options.limits ?? limitsOf(kind, surroundings.settings),
        this.options.now,
      ),
      ...report.findings,
    ];
    const around = new Report();
    const properties = pointer.replace(/\/definition$/, '');
    if (isObject(accessControl)) checkAccessControl(accessControl, '/accessControl', around);
    return {
      name,
      pointer,
      definition,
      parameters,
      kind: workflowKind(found.kind),
      state:
        typeof found.state === 'string' && /^disabled$/i.test(found.state) ? 'Disabled' : 'Enabled',
      text: this.text,
      connections: surroundings.connections,
      settings: surroundings.settings,
      appSettings: surroundings.appSettings,
      accessControl: isObject(accessControl) ? accessControl : undefined,
      problems: [
        ...placed(findings, this.text, pointer),
        ...placed(around.findings, this.text, properties),
      ],
    };
  }
}

/**
 * Loads a workflow document: a bare definition, `workflow.json` of a Standard project, an exported
 * resource or a deployment template. Never throws for what is in the document.
 *
 * @param fileName path of the document; it names the workflow
 */
export function loadWorkflowDocument(
  text: string,
  fileName: string,
  options: LoadOptions = {},
): LoadedDocument {
  return new DocumentLoader(text, fileName, options).load();
}

/** Loads every `<name>/workflow.json` of a Standard project. */
export function loadProject(
  files: ProjectFiles,
  options: Omit<LoadOptions, 'siblings'> = {},
): LoadedDocument {
  const documents = [...files]
    .filter(
      ([path]) => /^[^/]+\/workflow\.json$/i.test(path) && !/^workflow-designtime\//i.test(path),
    )
    .map(([path, text]) => loadWorkflowDocument(text, path, { ...options, siblings: files }));
  const problems = documents.flatMap((document) => document.problems);
  return {
    kind: 'standard',
    workflows: documents.flatMap(({ workflows }) => workflows),
    resources: [],
    problems,
    ok: isOk(problems),
  };
}
