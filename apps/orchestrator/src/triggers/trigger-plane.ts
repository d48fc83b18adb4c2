import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  answerError,
  LOGGER,
  observeRequest,
  putInFront,
  trackingHeader,
  withCorrelation,
  type Logger,
} from '@isthmus/host';
import { LRUCache } from 'lru-cache';
import { RequestTriggers } from './request-triggers.js';
import { assertSound, triggerAddress, type TriggerAddress } from './trigger-address.js';

/** URLs that are kept taken apart: those that passed the gate, so that nobody else can crowd them out. */
const mostAddresses = 2000;
const longestAddress = 1000;

/**
 * The signed URLs of request triggers: `/api/{workflow}/triggers/{trigger}/invoke[/{relativePath}]`.
 * They stand in front of Nest's router, which the management API goes through.
 */
@Injectable()
export class TriggerPlane implements OnModuleInit {
  readonly #addresses = new LRUCache<string, TriggerAddress>({ max: mostAddresses });

  constructor(
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
    @Inject(RequestTriggers) private readonly triggers: RequestTriggers,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    putInFront(server, (request, response) => this.#take(request, response));
  }

  #take(request: IncomingMessage, response: ServerResponse): boolean {
    const { url = '' } = request;
    try {
      const address = this.#addresses.get(url) ?? triggerAddress(url);
      if (address) this.#invoke(address, request, response);
      else assertSound(url);
      return address !== undefined;
    } catch (error) {
      answerError(error, { response, path: pathOf(url), logger: this.logger });
      return true;
    }
  }

  #invoke(address: TriggerAddress, request: IncomingMessage, response: ServerResponse): void {
    const { logger } = this;
    const { url = '' } = request;
    const correlation = observeRequest(request, response, logger);
    const passed = () => {
      if (url.length <= longestAddress && !this.#addresses.has(url))
        this.#addresses.set(url, address);
    };
    withCorrelation(correlation, () => {
      this.triggers
        .invoke({ address, request, response, correlation, passed })
        .catch((error: unknown) => {
          if (!response.headersSent) response.setHeader(trackingHeader, correlation.correlationId);
          answerError(error, { response, path: pathOf(url), logger });
        });
    });
  }
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? '';
}
