import {
  All,
  Controller,
  Delete,
  Get,
  Head,
  Inject,
  Patch,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
import { ServiceError } from '@isthmus/host';
import { mayActAs, principalOfRequest, RequiresRole } from '@isthmus/entra';
import type { Request, Response } from 'express';
import { exportDescription } from '../apis/export-api.js';
import { exportToken, linkLife } from '../apis/export-link.js';
import { Collections } from './collections.js';
import { Catalog } from './catalog.js';
import { toArm } from './arm-shape.js';
import { inlineLinks } from '../import/inline-links.js';
import { LinkReader } from '../import/link-reader.js';
import { etagOf, notFound, type Preconditions } from './preconditions.js';
import { resourceTypeMap } from './resource-types.js';
import type { ResourceType } from './resource-type.js';
import { parseAddress, type ServiceAddress, type ServiceIdentity } from './service-address.js';
import type { StoredResource } from './store/resource.store.js';
import type { Properties } from './store/tables.js';

/** Injection token of the {@link ServiceIdentity}. */
export const SERVICE_IDENTITY = Symbol('catalog.service-identity');

const anyResource =
  'subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.ApiManagement/service/:service{/*path}';

/** The management API of Azure API Management over all resource types (`Microsoft.ApiManagement`, 2024-05-01). */
@Controller()
@RequiresRole('Isthmus.Reader')
export class ResourcesController {
  constructor(
    private readonly catalog: Catalog,
    private readonly collections: Collections,
    private readonly links: LinkReader,
    @Inject(SERVICE_IDENTITY) private readonly identity: ServiceIdentity,
  ) {}

  @Head(anyResource)
  async head(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { found } = await this.#find(this.#address(request));
    response.setHeader('ETag', etagOf(found));
    response.status(200).end();
  }

  @Get(anyResource)
  async get(@Req() request: Request, @Res() response: Response): Promise<void> {
    const address = this.#address(request);
    if (address.segments.length % 2 === 1 || address.segments.length === 0) {
      const query = request.query as Record<string, unknown>;
      const url = new URL(request.originalUrl, this.#origin(request)).toString();
      response.json(await this.collections.list(address, query, url));
      return;
    }
    const { found, type } = await this.#find(address);
    const { query } = request;
    if (query['export'] === 'true' && type.type === 'apis') {
      response.json({ id: address.service + found.id, ...(await this.#export(request, found)) });
      return;
    }
    this.#answer(response, 200, { found, type, address, query });
  }

  @Put(anyResource)
  @RequiresRole('Isthmus.Publisher')
  async put(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.#write(request, response, false);
  }

  @Patch(anyResource)
  @RequiresRole('Isthmus.Publisher')
  async patch(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.#write(request, response, true);
  }

  @Delete(anyResource)
  @RequiresRole('Isthmus.Publisher')
  async delete(@Req() request: Request, @Res() response: Response): Promise<void> {
    const id = idOf(this.#address(request));
    const options = {
      ...preconditionsOf(request),
      query: request.query as Record<string, unknown>,
    };
    const { result: existed } = await this.catalog.change((writer) => writer.remove(id, options));
    response.status(existed ? 200 : 204).end();
  }

  @Post(anyResource)
  @RequiresRole('Isthmus.Publisher')
  async post(@Req() request: Request, @Res() response: Response): Promise<void> {
    const address = this.#address(request);
    const name = address.segments.at(-1) ?? '';
    const owner = { ...address, segments: address.segments.slice(0, -1) };
    const { found, type } = await this.#find(owner);
    const action = Object.entries(type.actions ?? {}).find(
      ([known]) => known.toLowerCase() === name.toLowerCase(),
    )?.[1];
    if (!action) throw new ServiceError(404, 'InvalidAction', `'${name}' is no action of it.`);
    const principal = principalOfRequest(request);
    if (!principal || !mayActAs(principal, action.role))
      throw new ServiceError(
        403,
        'AuthorizationFailed',
        `'${name}' needs the role ${action.role}.`,
      );
    const body = bodyOf(request);
    const answer = await this.catalog.act(found.id, (resource, secrets) =>
      action.run({ resource, secrets, body }),
    );
    response.setHeader('Cache-Control', 'no-store');
    if (answer) response.status(200).json(answer);
    else response.status(204).end();
  }

  @All(anyResource)
  @RequiresRole('Isthmus.Reader')
  other(): never {
    throw new ServiceError(405, 'MethodNotAllowed', 'The method is not known here.');
  }

  async #write(request: Request, response: Response, merge: boolean): Promise<void> {
    const address = this.#address(request);
    const id = idOf(address);
    const given = await inlineLinks(propertiesOf(request), this.links);
    const options = { ...preconditionsOf(request), merge };
    const { result } = await this.catalog.change((writer) => writer.write(id, given, options));
    const { found, type } = await this.#find(address);
    this.#answer(response, result === 'created' ? 201 : 200, { found, type, address });
  }

  /** ARM's ApiExportResult: the description itself, or for the -link formats an address where it can be read. */
  async #export(
    request: Request,
    api: StoredResource,
  ): Promise<{ format: string; value: unknown }> {
    const { format: given } = request.query;
    const wanted = typeof given === 'string' ? given : 'openapi';
    const plain = wanted.replace(/-link$/i, '');
    const { format, value } = await exportDescription(this.catalog.store, api, plain);
    if (plain === wanted) return { format, value };
    const link = { api: api.id, format, expires: Date.now() + linkLife };
    const address = `/exports/${exportToken(link, this.catalog.vault)}`;
    return { format: wanted, value: { link: new URL(address, this.#origin(request)).toString() } };
  }

  #origin(request: Request): string {
    return this.identity.publicUrl ?? `${request.protocol}://${request.get('host') ?? 'localhost'}`;
  }

  #address(request: Request): ServiceAddress {
    return parseAddress(request.path, this.identity);
  }

  async #find(address: ServiceAddress): Promise<{ found: StoredResource; type: ResourceType }> {
    const id = idOf(address);
    const kind = address.segments.filter((_, index) => index % 2 === 0).join('/');
    const type = resourceTypeMap.get(kind.toLowerCase());
    if (!type)
      throw new ServiceError(
        404,
        'InvalidResourceType',
        `The resource type '${kind}' is not known here.`,
      );
    const found = await this.collections.find(id);
    if (!found) throw notFound(type.label);
    return { found, type };
  }

  #answer(
    response: Response,
    status: number,
    {
      found,
      type,
      address,
      query = {},
    }: {
      found: StoredResource;
      type: ResourceType;
      address: ServiceAddress;
      query?: Readonly<Record<string, unknown>>;
    },
  ): void {
    response.setHeader('ETag', etagOf(found));
    response.status(status).json(toArm(found, type, address.service, query));
  }
}

function idOf({ segments }: ServiceAddress): string {
  if (segments.length === 0 || segments.length % 2 !== 0)
    throw new ServiceError(405, 'MethodNotAllowed', 'A collection can only be read.');
  return `/${segments.join('/')}`;
}

function preconditionsOf(request: Request): Preconditions {
  return { ifMatch: request.get('if-match'), ifNoneMatch: request.get('if-none-match') };
}

function bodyOf(request: Request): Properties {
  const body: unknown = request.body;
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError(400, 'ValidationError', 'The body must be a JSON object.');
  return body as Properties;
}

/** Links (`products/p/apis/a`) are put without a body. */
function propertiesOf(request: Request): Properties {
  const { properties = {} } = bodyOf(request);
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    throw new ServiceError(400, 'ValidationError', 'properties must be a JSON object.', [
      { target: 'properties', message: 'must be object' },
    ]);
  return properties as Properties;
}
