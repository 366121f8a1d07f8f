import type { Check } from '../ledger.ts';
import type { Product } from '../product.ts';

/** How much of everything: seconds in `npm test`, as the issue says in `npm run chaos`. */
export type Scale = 'short' | 'full';

/** A trouble that goes on. */
export type Trouble = {
  /** Ends it. Its consequences may last. */
  end(): Promise<void>;
  /** Called when every event of the sample has arrived, or never will: what else must be true by now. */
  promises(): Promise<Check[]>;
  /** Whether an answer of the health route names the trouble; one that came while it lasted must. */
  named?(health: { status: number; body: string }): boolean;
};

/** Something that goes wrong while ordinary webhooks are to be served. */
export type Situation = {
  name: string;
  /**
   * What the ordinary webhooks are promised. `beside`: their events go on arriving, p99 at most twice what it is alone.
   * `slower`: they go on arriving, no figure. `afterwards`: all arrive once it is over.
   */
  promise: 'beside' | 'slower' | 'afterwards';
  /** Whether the sample's events are triggered over HTTP, or written in SQL because the app cannot take them now. */
  emit: 'http' | 'sql';
  begin(product: Product, scale: Scale): Promise<Trouble>;
};

/** One promise: `broken` says by what, for each time. */
export const check = (name: string, checked: number, broken: string[]): Check => ({
  name,
  checked,
  faults: broken,
});
