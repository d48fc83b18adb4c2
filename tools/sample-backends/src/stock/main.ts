import { runBackend } from '../listen.js';
import { startStock } from './stock-service.js';

await runBackend('stock', startStock);
