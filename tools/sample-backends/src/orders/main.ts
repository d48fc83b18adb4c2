import { runBackend } from '../listen.js';
import { startOrders } from './orders-api.js';

await runBackend('orders', startOrders);
