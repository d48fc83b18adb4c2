import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchSettings {
  /** Names of benchmarks; empty: all. */
  readonly names: readonly string[];
  /** Cases of a benchmark; empty: all. */
  readonly cases: readonly string[];
  /** Length of a measured slot in seconds, and how many there are for each candidate. */
  readonly seconds: number;
  readonly rounds: number;
  /** Connections that load comes over. */
  readonly connections: number;
  /** Minutes of the soak; 0: none. */
  readonly soak: number;
  /** Also peers that take minutes to install. */
  readonly allPeers: boolean;
  /** Peers at all. */
  readonly peers: boolean;
  /** Folder for CPU profiles of our services. */
  readonly profile: string | undefined;
  readonly json: boolean;
  /** File that the tables are written to. */
  readonly markdown: string | undefined;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `npm run bench -- [gateway] [workflows] [composite] [policies] [workflow-engine] [options]

  --case <name>      only this case of the benchmark; may be repeated
  --seconds <n>      length of a measured slot (default 4)
  --rounds <n>       slots for each candidate (default 5)
  --connections <n>  keep-alive connections of the load (default 64; workflows use a quarter)
  --soak <minutes>   gateway and workflows: memory over time under full load
  --no-peers         leave express-gateway and Node-RED out
  --peers            n8n too; installing it takes minutes
  --profile <folder> CPU profiles of our services (.cpuprofile)
  --json             results as JSON
  --markdown <file>  results as Markdown as well

Peers are installed into .isthmus/bench-peers on first use. nginx and wrk come from the system:
apt-get install -y nginx-light wrk (Debian, Ubuntu), brew install nginx wrk (macOS). Without wrk a load
generator of our own is used; without nginx its rows are left out and say so.
`;

/** Reads the command line. @throws TypeError that names what is wrong. */
export function readBenchSettings(args: readonly string[]): BenchSettings {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      case: { type: 'string', multiple: true },
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      soak: { type: 'string', default: '0' },
      peers: { type: 'boolean' },
      'no-peers': { type: 'boolean', default: false },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    names: positionals,
    cases: values.case ?? [],
    seconds: positive('seconds', values.seconds),
    rounds: positive('rounds', values.rounds),
    connections: positive('connections', values.connections),
    soak: Number(values.soak),
    allPeers: values.peers === true,
    peers: !values['no-peers'],
    profile: values.profile,
    json: values.json,
    markdown: values.markdown,
    help: values.help,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${name} must be a number greater than 0`);
  return value;
}

/** The environment of this process. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/** Node.js flags of a service under test. */
export function profileFlags({ profile }: BenchSettings): string[] {
  return profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
}
