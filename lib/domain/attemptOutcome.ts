import type { DeliveryErrorKind } from './delivery';
import type { ConsoleLine } from './transform';

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
  | { kind: 'unsent'; message: string; durationMs: number }
  /** The script returned null: the event is not meant for this receiver. */
  | { kind: 'dropped'; durationMs: number }
  /** Another delivery brought a newer state of the record: this one is of no use any more. */
  | { kind: 'superseded'; by: string; durationMs: number };

/** A line among the script's own that tells what was done to the request. `text` is English, `code` for translations. */
export type AttemptNote = ConsoleLine & { code: 'seed_signature_left_out' };
