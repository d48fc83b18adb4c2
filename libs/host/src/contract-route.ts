import {
  applyDecorators,
  BadRequestException,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  type ExecutionContext,
} from '@nestjs/common';
import {
  successStatus,
  validate,
  type HttpMethod,
  type Route,
  type TSchema,
  type ValidationDetail,
} from '@isthmus/contracts';

const methods: Readonly<Record<HttpMethod, RequestMethod>> = {
  GET: RequestMethod.GET,
  HEAD: RequestMethod.HEAD,
  PUT: RequestMethod.PUT,
  POST: RequestMethod.POST,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
};

/** Binds a controller method to a contract route: path, method and success status follow from it. */
export function Implements(route: Route): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: route.path, method: methods[route.method] }),
    HttpCode(successStatus(route.shape)),
  );
}

interface IncomingParts {
  params: unknown;
  query: unknown;
  body: unknown;
}

/**
 * The validated `{ params, query, body }` of the route (`InputOf<typeof route>`). A request that
 * breaks the contract is answered 400 `ValidationError` with one detail a mistake.
 */
export const Input = createParamDecorator((route: Route, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<IncomingParts>();
  const details: ValidationDetail[] = [];
  const part = (
    name: keyof IncomingParts,
    schema: TSchema | undefined,
    coerce: boolean,
  ): unknown => {
    if (!schema) return undefined;
    // Coercion writes into the value; Express's query object is a getter, so a copy is checked.
    const value = coerce ? { ...(request[name] as object) } : request[name];
    const checked = validate(schema, value, { coerce });
    if (checked.ok) return checked.value;
    details.push(
      ...checked.details.map(({ target, message }) => ({ target: `${name}${target}`, message })),
    );
    return undefined;
  };
  const input = {
    params: part('params', route.shape.params, true),
    query: part('query', route.shape.query, true),
    body: part('body', route.shape.body, false),
  };
  if (details.length > 0) throw new ContractViolation(details);
  return input;
});

/** A request that does not keep the contract of its route. */
export class ContractViolation extends BadRequestException {
  constructor(readonly details: readonly ValidationDetail[]) {
    super(
      `One or more fields contain incorrect values: ${details[0]?.target} ${details[0]?.message}`,
    );
  }
}
