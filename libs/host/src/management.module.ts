import { Controller, Get, Header, Module, type DynamicModule } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  TerminusModule,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { collectDefaultMetrics, register } from 'prom-client';
import { Readiness } from './readiness.js';

collectDefaultMetrics();

/** Kubernetes probes: alive, able to take requests, started. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
  ) {}

  @Get('healthz')
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('startupz')
  started(): Promise<HealthCheckResult> {
    return this.health.check([this.flag('started', () => this.readiness.isStarted, 'starting')]);
  }

  @Get('readyz')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      this.flag('started', () => this.readiness.isStarted, 'starting'),
      this.flag('accepting', () => !this.readiness.isDraining, 'draining'),
      ...[...this.readiness.checks].map(([name, check]): HealthIndicatorFunction => async () => {
        const indicator = this.indicators.check(name);
        try {
          await check();
          return indicator.up();
        } catch (error) {
          return indicator.down({
            message: error instanceof Error ? error.message : String(error),
          });
        }
      }),
    ]);
  }

  private flag(name: string, holds: () => boolean, otherwise: string): HealthIndicatorFunction {
    return () => {
      const indicator = this.indicators.check(name);
      return holds() ? indicator.up() : indicator.down({ message: otherwise });
    };
  }
}

/** Prometheus text of the process's metrics. */
@Controller()
export class MetricsController {
  @Get('metrics')
  @Header('content-type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }
}

/** What the management port serves: health and metrics, apart from the service's own traffic. */
@Module({})
export class ManagementModule {
  static with(readiness: Readiness): DynamicModule {
    return {
      module: ManagementModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [{ provide: Readiness, useValue: readiness }],
    };
  }
}
