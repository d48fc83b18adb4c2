import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningProcess } from './child-process.js';
import { audience, sampleApplications, tokenUrl } from './operator.js';

/** The facts that `.isthmus/running.json` holds while the platform runs. */
export interface Running {
  /** The process that started everything. */
  readonly pid: number;
  readonly services: Readonly<
    Record<string, { url: string; managementUrl?: string; pid: number; command: string }>
  >;
  /** Shell command that gets a token, keeps it in TOKEN and prints it. */
  readonly tokenCommand: string;
  /** Shell command that calls the composite API with it. */
  readonly callCommand: string;
}

/** Puts the facts together. */
export function runningFacts(
  processes: readonly RunningProcess[],
  { key, dataFolder }: { readonly key: string; readonly dataFolder: string },
): Running {
  const services = Object.fromEntries(
    processes.map(({ name, url, managementUrl, pid, command }) => [
      name,
      { url, ...(managementUrl === undefined ? {} : { managementUrl }), pid, command },
    ]),
  );
  const { id, secret } = sampleApplications.orderPortal;
  const form = `grant_type=client_credentials&client_id=${id}&client_secret=${secret}&scope=${audience}/.default`;
  const tokenFile = `'${join(dataFolder, 'token').replaceAll("'", `'\\''`)}'`;
  const call = {
    token: tokenUrl(services['identity']!.url),
    form,
    summary: `${services['gateway']!.url}/order-summary/v1/customers/C-100/orders/1001`,
    key,
    tokenFile,
  };
  return { pid: process.pid, services, ...(hasCurl() ? withCurl(call) : withNode(call)) };
}

interface Call {
  readonly token: string;
  readonly form: string;
  readonly summary: string;
  readonly key: string;
  /** Quoted; lets the second command find the token of the first when it is run by another shell. */
  readonly tokenFile: string;
}

type Commands = Pick<Running, 'tokenCommand' | 'callCommand'>;

function withCurl({ token, form, summary, key, tokenFile }: Call): Commands {
  return {
    tokenCommand: `TOKEN=$(curl -s ${token} -d '${form}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/' | (umask 077 && tee ${tokenFile})); echo "$TOKEN"`,
    callCommand: `curl -s ${summary} -H "Authorization: Bearer \${TOKEN:-$(cat ${tokenFile})}" -H 'Ocp-Apim-Subscription-Key: ${key}'`,
  };
}

function withNode({ token, form, summary, key, tokenFile }: Call): Commands {
  const body = `{method:'POST',headers:{'content-type':'application/x-www-form-urlencoded'},body:'${form}'}`;
  const headers = `{Authorization:'Bearer '+process.argv[1],'Ocp-Apim-Subscription-Key':'${key}'}`;
  return {
    tokenCommand: `TOKEN=$(node -e "fetch('${token}',${body}).then(r=>r.json()).then(t=>console.log(t.access_token))" | (umask 077 && tee ${tokenFile})); echo "$TOKEN"`,
    callCommand: `node -e "fetch('${summary}',{headers:${headers}}).then(r=>r.text()).then(console.log)" "\${TOKEN:-$(cat ${tokenFile})}"`,
  };
}

function hasCurl(): boolean {
  return spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Writes running.json; it is there exactly while everything runs. */
export function writeRunning(dataFolder: string, running: Running): void {
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(join(dataFolder, 'running.json'), `${JSON.stringify(running, null, 2)}\n`, {
    mode: 0o600,
  });
}

export function removeRunning(dataFolder: string): void {
  rmSync(join(dataFolder, 'running.json'), { force: true });
  rmSync(join(dataFolder, 'token'), { force: true });
}

/** The table and the commands for people. */
export function runningText(running: Running, usual: Readonly<Record<string, number>>): string {
  const rows = Object.entries(running.services).map(([name, { url, managementUrl }]) => {
    const port = Number(new URL(url).port);
    const note =
      usual[name] !== undefined && usual[name] !== port
        ? `  (usual port ${usual[name]} is taken)`
        : '';
    return `  ${name.padEnd(14)} ${url.padEnd(26)} ${(managementUrl ?? '').padEnd(26)}${note}`.trimEnd();
  });
  return [
    '',
    `  ${'service'.padEnd(14)} ${'URL'.padEnd(26)} health and metrics`,
    ...rows,
    '',
    '1. Get a token:',
    '',
    running.tokenCommand,
    '',
    '2. Call the composite API:',
    '',
    running.callCommand,
    '',
    'Ctrl-C stops everything; "npm run reset" removes what is kept.',
    '',
  ].join('\n');
}
