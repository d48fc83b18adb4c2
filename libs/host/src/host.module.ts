import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Logger } from 'pino';
import { Readiness } from './readiness.js';

/** Injection token of the service's pino logger. */
export const LOGGER = Symbol('isthmus.logger');

/** Gives every module of a service its logger ({@link LOGGER}) and its {@link Readiness}. */
@Module({})
export class HostModule {
  static with(
    root: Type | DynamicModule,
    parts: { readonly logger: Logger; readonly readiness: Readiness },
  ): DynamicModule {
    return {
      module: HostModule,
      global: true,
      imports: [root],
      providers: [
        { provide: LOGGER, useValue: parts.logger },
        { provide: Readiness, useValue: parts.readiness },
      ],
      exports: [LOGGER, Readiness],
    };
  }
}
