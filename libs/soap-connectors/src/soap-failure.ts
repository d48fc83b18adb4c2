import type { OperationAnswer } from '@isthmus/connectors';

/** What went wrong in a SOAP call. */
export type SoapFailure =
  | {
      readonly kind: 'fault';
      readonly code: string;
      readonly message: string;
      readonly detail: unknown;
    }
  | { readonly kind: 'timeout' | 'unreachable' | 'invalid'; readonly message: string };

interface FaultBody {
  readonly faultcode?: string | number | { readonly $value?: string };
  readonly faultstring?: string | { readonly $value?: string };
  readonly detail?: unknown;
  // SOAP 1.2 (section 5.4)
  readonly Code?: { readonly Value?: string };
  readonly Reason?: { readonly Text?: string | { readonly $value?: string } };
  readonly Detail?: unknown;
}

/** Classifies what the soap package threw: errors, plain objects, and faults hidden in either. */
export function failureOf(error: unknown, address: string): SoapFailure {
  const {
    root,
    message = '',
    code,
  } = error as {
    root?: { Envelope?: { Body?: { Fault?: FaultBody } } };
    message?: string;
    code?: string;
  };
  const fault = root?.Envelope?.Body?.Fault ?? (error as { Fault?: FaultBody }).Fault;
  // The package reports an answer that is no XML as a fault of its own, with a number for its code.
  if (typeof fault?.faultcode === 'number') {
    return {
      kind: 'invalid',
      message: `${address} gave no SOAP answer: ${text(fault.faultstring) ?? ''}`,
    };
  }
  if (fault) {
    return {
      kind: 'fault',
      code: text(fault.faultcode) ?? fault.Code?.Value ?? 'soap:Server',
      message: text(fault.faultstring) ?? text(fault.Reason?.Text) ?? 'SOAP fault',
      detail: fault.detail ?? fault.Detail ?? null,
    };
  }
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
    return { kind: 'timeout', message: `No answer from ${address} in time.` };
  }
  if (code !== undefined)
    return { kind: 'unreachable', message: `Cannot reach ${address}: ${code}` };
  return { kind: 'invalid', message: `${address} gave no SOAP answer: ${message}` };
}

function text(
  value: string | number | { readonly $value?: string } | undefined,
): string | undefined {
  return typeof value === 'object' ? value.$value : value?.toString();
}

/**
 * The HTTP answer for a failure. A fault that blames the sender (`Client`, `Sender`) is 400, so
 * that nobody retries it; other faults are 500, as SOAP over HTTP has them (SOAP 1.1 section 6.2).
 */
export function answerOfFault(failure: SoapFailure): OperationAnswer {
  switch (failure.kind) {
    case 'fault': {
      const { code, message, detail } = failure;
      const status = /(^|:)(Client|Sender)\b/.test(code) ? 400 : 500;
      return { status, body: { error: { code, message, detail } } };
    }
    case 'timeout':
      return { status: 504, body: { error: { code: 'GatewayTimeout', message: failure.message } } };
    case 'unreachable':
      return { status: 502, body: { error: { code: 'BadGateway', message: failure.message } } };
    case 'invalid':
      return {
        status: 502,
        body: { error: { code: 'InvalidResponse', message: failure.message } },
      };
  }
}
