/**
 * Notices a launcher process that is there but does nothing: suspended, or stuck on a disk that does not answer.
 *
 * Only who waits for a run looks, and only an overdue run is a reason to ask: a run may wait for its turn behind others for as
 * long as the launcher answers.
 */

/** What a vigil looks at and what it brings about. */
export interface VigilEvents {
  /** Whether a run should have ended by now. */
  readonly overdue: () => boolean;
  /** Asks the launcher whether it is there. */
  readonly ask: () => void;
  /** It was asked and nothing came for as long as we have patience. */
  readonly stuck: () => void;
}

/** A vigil over whichever launcher process there is. */
export interface Vigil {
  /** Somebody waits from now on. Does not keep this process alive. */
  readonly begin: () => void;
  /** Nobody waits any more. */
  readonly end: () => void;
  /** Something came from the launcher. */
  readonly heard: () => void;
}

/**
 * Our patience is counted in looks. A time in which this very process stood still (a long computation, a laptop asleep) is one
 * look, not many: what the launcher has said meanwhile is read before the next.
 */
const LOOKS = 5;

/** Makes a vigil; it begins when it is told to. One timer, however many runs are waited for. */
export function keepVigil(patienceMs: number, events: VigilEvents): Vigil {
  let timer: NodeJS.Timeout | undefined;
  /** Looks since we asked, with nothing heard. 0: not asked. */
  let silent = 0;

  function look(): void {
    if (!events.overdue()) silent = 0;
    else if (silent === 0) {
      silent = 1;
      events.ask();
    } else if (silent < LOOKS) silent += 1;
    else {
      silent = 0;
      events.stuck();
    }
  }

  return {
    begin: () => {
      silent = 0;
      timer ??= setInterval(look, patienceMs / LOOKS).unref();
    },
    end: () => {
      clearInterval(timer);
      timer = undefined;
    },
    heard: () => {
      silent = 0;
    },
  };
}
