import { getQuickJS, shouldInterruptAfterDeadline, type QuickJSContext } from 'quickjs-emscripten';
import type { ScriptAnswer } from './java-script-runner.js';

/** What the parent sends: the code, its context as JSON text, and the time that it has. */
interface ScriptRequest {
  readonly code: string;
  readonly context: string;
  readonly milliseconds: number;
}

const memory = 64 * 1024 * 1024;
const stack = 1024 * 1024;

process.once('message', (request: ScriptRequest) => {
  void runScript(request).then((answer) => process.send?.(answer, () => process.disconnect()));
});

async function runScript({ code, context, milliseconds }: ScriptRequest): Promise<ScriptAnswer> {
  const engine = await getQuickJS();
  const runtime = engine.newRuntime();
  runtime.setMemoryLimit(memory);
  runtime.setMaxStackSize(stack);
  runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + milliseconds));
  const script = runtime.newContext();
  try {
    script.newString(context).consume((text) => script.setProp(script.global, '__context', text));
    // The code is the body of a function: it returns its result.
    return evaluate(
      script,
      `const workflowContext = JSON.parse(__context); delete globalThis.__context; (function () {\n${code}\n})()`,
    );
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function evaluate(script: QuickJSContext, code: string): ScriptAnswer {
  const outcome = script.evalCode(code, 'code.js');
  if (outcome.error) return { error: describe(script.dump(outcome.error)) };
  const result = outcome.value;
  script.runtime.executePendingJobs();
  const state = script.getPromiseState(result);
  if (state.type === 'rejected') return { error: describe(script.dump(state.error)) };
  if (state.type === 'pending') return { error: 'The result is a promise that is never settled.' };
  const json = script
    .getProp(script.global, 'JSON')
    .consume((global) =>
      script
        .getProp(global, 'stringify')
        .consume((stringify) => script.callFunction(stringify, global, state.value)),
    );
  if (json.error) return { error: describe(script.dump(json.error)) };
  const text: unknown = script.dump(json.value);
  return { json: typeof text === 'string' ? text : 'null' };
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message } = error as { name?: unknown; message?: unknown };
  return name === 'InternalError' && message === 'interrupted'
    ? 'The code took too long.'
    : `${typeof name === 'string' ? name : 'Error'}: ${String(message)}`;
}
