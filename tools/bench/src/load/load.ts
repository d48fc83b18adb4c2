import { hasProgram } from '../processes/run-process.js';
import { ownLoad } from './own-load.js';
import { wrkLoad } from './wrk.js';

/** One request; several are sent in turn. */
export interface LoadRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is sent, for how long. */
export interface LoadPlan {
  readonly port: number;
  readonly requests: readonly LoadRequest[];
  readonly connections: number;
  readonly seconds: number;
  /** Folder for files of the generator. */
  readonly scratch: string;
}

/** What came back. */
export interface LoadResult {
  readonly requests: number;
  /** Answers other than 2xx, broken connections and timeouts. */
  readonly errors: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends requests over keep-alive connections as fast as they are answered. */
export type Load = (plan: LoadPlan) => Promise<LoadResult>;

/** wrk where it is installed, a generator of our own elsewhere. */
export function chooseLoad(): { readonly name: string; readonly load: Load } {
  return hasProgram('wrk')
    ? { name: 'wrk', load: wrkLoad }
    : {
        name: 'own generator (wrk is not installed: apt-get install -y wrk)',
        load: ownLoad,
      };
}
