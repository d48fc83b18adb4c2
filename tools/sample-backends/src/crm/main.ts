import { runBackend } from '../listen.js';
import { startCrm } from './crm-api.js';

await runBackend('crm', startCrm);
