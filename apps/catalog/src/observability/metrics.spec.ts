import { afterEach, beforeEach, expect, it } from '@jest/globals';
import express from 'express';
import { register } from 'prom-client';
import request from 'supertest';
import { countRequests, showRevision } from './metrics.js';

const app = express();
app.use(countRequests);
app.all('/{*path}', (call, response) => {
  response.status(call.path.includes('missing') ? 404 : 200).end();
});

beforeEach(() => register.resetMetrics());
afterEach(() => showRevision(undefined));

it('counts requests by whom they are for, by method and by status class', async () => {
  await request(app).get('/publication/gateways/managed/configuration');
  await request(app).get('/subscriptions/s/missing');
  await request(app).put('/subscriptions/s/apis/a');
  const text = await register.getSingleMetricAsString('isthmus_catalog_requests_total');
  const lines = text.split('\n').filter((line) => line.startsWith('isthmus'));
  expect(lines.toSorted()).toEqual([
    'isthmus_catalog_requests_total{surface="gateways",method="GET",status="2xx"} 1',
    'isthmus_catalog_requests_total{surface="management",method="GET",status="4xx"} 1',
    'isthmus_catalog_requests_total{surface="management",method="PUT",status="2xx"} 1',
  ]);
});

it('shows the revision of the configuration, and goes on while the store is away', async () => {
  const shown = () => register.getSingleMetricAsString('isthmus_catalog_configuration_revision');
  showRevision(async () => 42);
  expect(await shown()).toContain('isthmus_catalog_configuration_revision 42');
  showRevision(() => Promise.reject(new Error('away')));
  expect(await shown()).not.toContain(' 42');
});
