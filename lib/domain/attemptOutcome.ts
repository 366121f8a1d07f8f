import type { DeliveryErrorKind } from './delivery';

/** A receiver's answer. Header names are in lower case. */
export type ReceivedAnswer = {
  status: number;
  headers: Record<string, string>;
  /** Readable text: decoded by the answer's own encoding and charset, at most 16 KiB. */
  body: string;
  /** There was more, or the rest never came. */
  truncated: boolean;
};

/** What one attempt came to. Durations are milliseconds. */
export type AttemptOutcome =
  | ({ kind: 'response'; durationMs: number } & ReceivedAnswer)
  | {
      kind: 'error';
      errorKind: DeliveryErrorKind;
      message: string;
      /** What had come of an answer before it failed: the head at least. */
      answer?: ReceivedAnswer;
      durationMs: number;
    }
  /** Nothing was sent for a lack of our own (descriptors, sockets, memory, no sandbox): says nothing of the receiver. */
  | { kind: 'unsent'; message: string; durationMs: number };
