import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { OpenRoute } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import { recordedInputs } from '@isthmus/workflow-engine';
import { writeJson, type WorkflowValue } from '@isthmus/workflow-expressions';
import type { Request, Response } from 'express';
import { CallerAccess, type AccessSection } from '../triggers/caller-access.js';
import { contentPermission, managementPath } from '../triggers/callback-urls.js';
import { assertGranted } from '../triggers/grant.js';
import { shownContent } from './action-views.js';
import { actionOf, Finder, recordOf, triggerOf } from './find.js';
import { assertAddress } from './management-access.js';
import type { RunHistory } from './run-history.js';

interface ContentParams {
  readonly name: string;
  readonly run: string;
  readonly trigger?: string;
  readonly action?: string;
  readonly repetition?: string;
  readonly content: string;
}

/** What `accessControl` says about both guards the links to contents. */
const sections: readonly AccessSection[] = ['contents', 'actions'];

/** Inputs and outputs of actions and triggers behind signed links. */
@Controller(`${managementPath}/:name`)
export class ContentsController {
  constructor(
    @Inject(Finder) private readonly finder: Finder,
    @Inject(CallerAccess) private readonly access: CallerAccess,
  ) {}

  @Get([
    'runs/:run/actions/:action/contents/:content',
    'runs/:run/actions/:action/repetitions/:repetition/contents/:content',
    'runs/:run/contents/:content',
    'triggers/:trigger/histories/:run/contents/:content',
  ])
  @OpenRoute('the signature of the link is the credential')
  async read(
    @Param() params: ContentParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { name, run } = params;
    const { row, workflow } = await this.finder.deployed(name);
    assertGranted(request, row, contentPermission(pathOf(params)));
    assertAddress(workflow.loaded.accessControl, sections, this.access.addressOf(request));
    const history = await this.finder.run(name, run);
    const value =
      params.action === undefined
        ? triggerContent(history, params)
        : await this.#actionContent(history, params.action, params);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(writeJson(value));
  }

  async #actionContent(
    history: RunHistory,
    name: string,
    { repetition, content: wanted }: ContentParams,
  ): Promise<WorkflowValue> {
    const action = actionOf(history, name);
    const member = memberOf(wanted, 'Action');
    const content = member && history.content(recordOf(history, action, repetition).path, member);
    if (!content || action.secure[member]) throw notFound(wanted);
    const value = await this.finder.histories.read(history.row.id, content);
    return shownContent(member, value);
  }
}

function triggerContent(history: RunHistory, { content }: ContentParams): WorkflowValue {
  const member = memberOf(content, 'Trigger');
  const value = member && history.state.trigger?.[member];
  if (value === undefined || triggerOf(history)?.secure[member!]) throw notFound(content);
  return member === 'inputs' ? recordedInputs(value) : value;
}

/** The path that the link was signed for. */
function pathOf({ run, trigger, action, repetition, content }: ContentParams): string {
  if (trigger !== undefined) return `triggers/${trigger}/histories/${run}/contents/${content}`;
  if (action === undefined) return `runs/${run}/contents/${content}`;
  const owner = repetition === undefined ? '' : `/repetitions/${repetition}`;
  return `runs/${run}/actions/${action}${owner}/contents/${content}`;
}

function memberOf(content: string, kind: 'Action' | 'Trigger'): 'inputs' | 'outputs' | undefined {
  if (content === `${kind}Inputs`) return 'inputs';
  return content === `${kind}Outputs` ? 'outputs' : undefined;
}

function notFound(content: string): ServiceError {
  return new ServiceError(404, 'ContentNotFound', `There is no content '${content}'.`);
}
