import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import {
  APP_GUARD,
  DiscoveryModule,
  DiscoveryService,
  MetadataScanner,
  Reflector,
} from '@nestjs/core';
import { accessKey } from './access.js';
import { EntraGuard } from './entra.guard.js';
import { EntraStrategy, type EntraOptions } from './entra.strategy.js';

/**
 * Guards all routes of a service with Entra tokens. A route that declares neither {@link RequiresRole} nor
 * {@link OpenRoute} stops the service at start.
 */
@Module({})
export class EntraModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  static with(options: EntraOptions): DynamicModule {
    return {
      module: EntraModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: EntraStrategy, useFactory: () => new EntraStrategy(options) },
        { provide: APP_GUARD, useClass: EntraGuard },
      ],
      exports: [EntraStrategy],
    };
  }

  onModuleInit(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (!instance || !metatype || this.reflector.get(accessKey, metatype)) return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => {
          const handler = prototype[name]!;
          return Reflect.hasMetadata('path', handler) && !this.reflector.get(accessKey, handler);
        })
        .map((name) => `${metatype.name}.${name}`);
    });
    if (undeclared.length > 0)
      throw new Error(`routes that declare no access: ${undeclared.join(', ')}`);
  }
}
