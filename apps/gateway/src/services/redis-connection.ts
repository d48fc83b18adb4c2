import type { Redis } from 'ioredis';
import type { Tell } from './seldom.js';

/**
 * A connection that makes no call wait: while Redis is away it is asked once, briefly, and the rest
 * is local. The client is loaded only by gateways that have a Redis.
 */
export async function connectRedis(url: string, tell: Tell): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const redis = new Client(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 500,
    connectTimeout: 2000,
    retryStrategy: (times) => Math.min(2000, 100 * times),
  });
  redis.on('error', (error: Error) => tell('Redis is away', { error: error.message }));
  return redis;
}
