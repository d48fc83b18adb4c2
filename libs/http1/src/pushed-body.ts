/** A body that gives its chunks by calls, without a promise for each. */
export interface PushedBody extends AsyncIterable<Uint8Array> {
  /** Starts, at most once, and not before this call has returned. */
  pushTo(receiver: BodyReceiver): BodyFlow;
}

/** Who takes a pushed body. */
export interface BodyReceiver {
  /** False: the receiver calls `resume` when it can take more. */
  chunk(bytes: Uint8Array): boolean;
  /** The body is complete. */
  end(): void;
  /** The body broke off. */
  fail(error: Error): void;
}

/** The way back to the source of a body. */
export interface BodyFlow {
  resume(): void;
  /** Nothing more is wanted; nothing more comes. */
  stop(): void;
}

export function isPushed(body: AsyncIterable<Uint8Array>): body is PushedBody {
  return 'pushTo' in body;
}

/** Pushes what an iterable gives. */
export function pushIterable(body: AsyncIterable<Uint8Array>, receiver: BodyReceiver): BodyFlow {
  let stopped = false;
  let wake: (() => void) | undefined;
  const run = async (): Promise<void> => {
    try {
      for await (const chunk of body) {
        if (stopped) return;
        if (!receiver.chunk(chunk)) await new Promise<void>((resolve) => (wake = resolve));
        if (stopped) return;
      }
      receiver.end();
    } catch (error) {
      if (!stopped) receiver.fail(error as Error);
    }
  };
  void run();
  return {
    resume: () => wake?.(),
    stop: () => {
      stopped = true;
      wake?.();
    },
  };
}
