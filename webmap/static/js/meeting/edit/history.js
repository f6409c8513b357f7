// What was done can be undone; words that are typed in one go are one step.

const ONE_GO_MS = 1200;

/** Return {past, now, future} of values that are never changed in place. */
export const started = (now) => ({ past: [], now, future: [], mark: null, stamp: 0 });

/** Return the history after a step; steps of the same mark that follow each other closely are one. */
export function stepped(held, now, mark = null, stamp = performance.now()) {
  const isOne = mark !== null && mark === held.mark && stamp - held.stamp < ONE_GO_MS;
  return { past: isOne ? held.past : [...held.past, held.now], now, future: [], mark, stamp };
}

export const undone = (held) => (held.past.length
  ? { past: held.past.slice(0, -1), now: held.past.at(-1), future: [held.now, ...held.future], mark: null, stamp: 0 }
  : held);

export const redone = (held) => (held.future.length
  ? { past: [...held.past, held.now], now: held.future[0], future: held.future.slice(1), mark: null, stamp: 0 }
  : held);
