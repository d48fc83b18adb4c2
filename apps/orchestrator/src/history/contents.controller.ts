import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { OpenRoute } from '@isthmus/entra';
import { ServiceError } from '@isthmus/host';
import { writeJson } from '@isthmus/workflow-expressions';
import type { Request, Response } from 'express';
import { CallerAccess, isAllowed } from '../triggers/caller-access.js';
import { contentPermission, managementPath } from '../triggers/callback-urls.js';
import { assertGranted } from '../triggers/grant.js';
import { shownContent } from './action-views.js';
import { actionOf, Finder, recordOf } from './find.js';

interface ContentParams {
  readonly name: string;
  readonly run: string;
  readonly action: string;
  readonly repetition?: string;
  readonly content: string;
}

/** Inputs and outputs of actions behind signed links. */
@Controller(`${managementPath}/:name/runs/:run/actions/:action`)
export class ContentsController {
  constructor(
    @Inject(Finder) private readonly finder: Finder,
    @Inject(CallerAccess) private readonly access: CallerAccess,
  ) {}

  @Get(['contents/:content', 'repetitions/:repetition/contents/:content'])
  @OpenRoute('the signature of the link is the credential')
  async read(
    @Param() params: ContentParams,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { name, run, repetition } = params;
    const { row, workflow } = await this.finder.deployed(name);
    const owner = repetition === undefined ? '' : `/repetitions/${repetition}`;
    const path = `runs/${run}/actions/${params.action}${owner}/contents/${params.content}`;
    assertGranted(request, row, contentPermission(path));
    if (!isAllowed(workflow.loaded.accessControl, 'contents', this.access.addressOf(request)))
      throw new ServiceError(403, 'AuthorizationFailed', 'The client IP address is not allowed.');
    const history = await this.finder.run(name, run);
    const action = actionOf(history, params.action);
    const member = memberOf(params.content);
    const content = member && history.content(recordOf(history, action, repetition).path, member);
    if (!content || action.secure[member]) throw notFound(params.content);
    const value = await this.finder.histories.read(run, content);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(writeJson(shownContent(member, value)));
  }
}

function memberOf(content: string): 'inputs' | 'outputs' | undefined {
  if (content === 'ActionInputs') return 'inputs';
  return content === 'ActionOutputs' ? 'outputs' : undefined;
}

function notFound(content: string): ServiceError {
  return new ServiceError(404, 'ContentNotFound', `There is no content '${content}'.`);
}
