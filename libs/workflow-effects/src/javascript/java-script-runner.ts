import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  worded,
  type EffectOutcome,
  type JavaScriptEffect,
  type Wording,
} from '@isthmus/workflow-engine';
import { deferred } from '../deferred.js';
import { parseJson, writeJson } from '@isthmus/workflow-expressions';

/** What the child answers: the value as JSON text, or what the code threw. */
export type ScriptAnswer = { readonly json: string } | { readonly error: string };

/** Beside this file, in the same form: JavaScript after a build, TypeScript in tests. */
const entry = fileURLToPath(
  new URL(
    `./java-script-process${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
    import.meta.url,
  ),
);
/** Megabytes of the process. */
const memory = 128;
/** Until the process is there; the limit of the code itself is enforced inside. */
const startTime = 10_000;

/**
 * Runs the code of a JavaScriptCode action. The code is interpreted inside WebAssembly (no access to anything but
 * `workflowContext`), in a process of its own without environment, which is killed when its time is over.
 */
export class JavaScriptRunner {
  run(effect: JavaScriptEffect, signal: AbortSignal): Promise<EffectOutcome> {
    const { promise, resolve, reject } = deferred<EffectOutcome>();
    const child = fork(entry, [], {
      env: {},
      execArgv: [`--max-old-space-size=${memory}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const fail = (code: string, words: Wording): void =>
      resolve({ kind: 'failure', effectId: effect.id, code, ...words, retryable: false });
    const timer = setTimeout(
      () => fail(...timedOut(effect)),
      effect.limits.milliseconds + startTime,
    );
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    child.on('message', (answer: ScriptAnswer) => {
      if ('json' in answer)
        resolve({ kind: 'value', effectId: effect.id, value: parseJson(answer.json) });
      else
        fail(
          'InlineCodeScriptRuntimeError',
          worded`The inline code action '${nameOf(effect)}' execution failed, with error '${answer.error}'.`,
        );
    });
    child.on('error', (error) =>
      fail('InternalServerError', worded`The code could not be started: ${error.message}`),
    );
    // An answer may still be on its way when the process has exited; behind the close there is none.
    child.on('close', () =>
      fail(
        'InlineCodeScriptRuntimeError',
        worded`The inline code action '${nameOf(effect)}' ended without a result.`,
      ),
    );
    child.send({
      code: effect.code,
      context: writeJson(effect.workflowContext),
      milliseconds: effect.limits.milliseconds,
    });
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      child.removeAllListeners('close');
      child.kill('SIGKILL');
    });
  }
}

function nameOf(effect: JavaScriptEffect): string {
  return effect.path.slice(effect.path.lastIndexOf('.') + 1);
}

function timedOut(effect: JavaScriptEffect): [string, Wording] {
  return [
    'InlineCodeScriptTimeout',
    worded`The inline code action '${nameOf(effect)}' execution exceeded the time limit of '${effect.limits.milliseconds}' milliseconds.`,
  ];
}
