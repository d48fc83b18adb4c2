import { compileLiquid, DateTime, withinWork } from '@isthmus/dotnet';
import { unbox } from '@isthmus/policy-expressions';
import type { Headers } from '../../model/headers.js';
import type { RequestUrl } from '../../model/request-url.js';
import type { PolicyContext } from '../../pipeline/context.js';
import { expressionFailure } from '../../pipeline/to-policy-error.js';

/** The body that a template sees as `body`. */
export interface TemplateBody {
  readonly text: string;
  readonly contentType: string;
}

/** Attributes of set-body that concern the template. */
export interface TemplateOptions {
  readonly xsiNil: 'blank' | 'null';
  readonly parseDates: boolean;
}

/** Renders a template for one request. */
export type Template = (body: TemplateBody | undefined, context: PolicyContext) => string;

/** Compiles a Liquid template; its mistakes come back as a message. */
export function compileTemplate(
  text: string,
  options: TemplateOptions,
): { ok: true; template: Template } | { ok: false; message: string } {
  try {
    const liquid = compileLiquid(text, 'set-body');
    return {
      ok: true,
      template(body, context) {
        try {
          return withinWork(() =>
            liquid.render({
              ...(body ? { body } : {}),
              context: contextView(context),
              now: DateTime.fromUnixMilliseconds(context.ports.clock.now()),
              ...options,
            }),
          );
        } catch (error) {
          throw expressionFailure(error instanceof Error ? error.message : String(error), error);
        }
      },
    };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** `context` as templates see it: plain names and values, made only while a template runs. */
function contextView(context: PolicyContext): Record<string, unknown> {
  const { request, response, parts } = context;
  return {
    Request: {
      Method: request.method,
      OriginalMethod: parts.operation?.method ?? request.method,
      Url: urlView(request.url),
      OriginalUrl: urlView(request.originalUrl),
      IpAddress: request.ipAddress,
      Headers: headersView(request.headers),
      MatchedParameters: Object.fromEntries(request.matchedParameters),
    },
    Response: response && {
      StatusCode: response.statusCode,
      StatusReason: response.statusReason,
      Headers: headersView(response.headers),
    },
    Variables: Object.fromEntries(
      [...context.variables].map(([name, value]) => [name, unbox(value)]),
    ),
    Api: parts.api && {
      Id: parts.api.id,
      Name: parts.api.name,
      Path: parts.api.path,
      Version: parts.api.version ?? null,
      Revision: parts.api.revision,
    },
    Operation: parts.operation && {
      Id: parts.operation.id,
      Name: parts.operation.name,
      Method: parts.operation.method,
      UrlTemplate: parts.operation.urlTemplate,
    },
    Product: parts.product && { Id: parts.product.id, Name: parts.product.name },
    Subscription: parts.subscription && {
      Id: parts.subscription.id,
      Name: parts.subscription.name,
    },
    User: parts.user && {
      Id: parts.user.id,
      Email: parts.user.email,
      FirstName: parts.user.firstName,
      LastName: parts.user.lastName,
    },
    Deployment: { Region: parts.deployment.region, ServiceName: parts.deployment.serviceName },
    LastError: context.lastError && {
      Source: context.lastError.source,
      Reason: context.lastError.reason,
      Message: context.lastError.message,
    },
    RequestId: context.requestId,
  };
}

function urlView(url: RequestUrl): Record<string, unknown> {
  return {
    Scheme: url.scheme,
    Host: url.host,
    Port: url.port,
    Path: url.path,
    QueryString: url.queryString,
    Query: Object.fromEntries(url.query.entries()),
  };
}

function headersView(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, values]) => [name, values.join(',')]));
}
