import { createServer } from 'node:http';
import { announce } from './announce.js';

const [, , body = ''] = process.argv;
const headers = [
  ...['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body))],
  ...['X-Powered-By', 'backend'],
];
announce(
  createServer((request, response) => {
    request.resume();
    response.writeHead(200, headers).end(body);
  }),
);
