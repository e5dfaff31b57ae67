/** The stdout of a host with `replies = true`: answers for the agent, everything else for the log, and a flood for nobody. */
import { Socket } from "node:net";
import type { HostAnswer } from "../contracts.ts";

/** A longer line is no answer. */
const LONGEST_LINE: number = 64 * 1024;

/** How much that is no answer goes to the log. */
const MOST_LOGGED: number = 1024 * 1024;

/** Who hears what a host prints. */
export interface AnswerListeners {
  readonly answered: (answer: HostAnswer) => void;
  /** What is no answer, for the log. */
  readonly other: (text: string) => void;
}

/** Reads lines from a pipe until its end. */
export function readAnswers(fd: number, listeners: AnswerListeners): Socket {
  const socket = new Socket({ fd, readable: true, writable: false });
  const take = lineTaker(listeners);
  let rest = "";
  let skipping = false;
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!skipping) take(line);
      skipping = false;
    }
    if (rest.length <= LONGEST_LINE) return;
    // Not held in memory: the rest of this line is skipped as well.
    if (!skipping) take(rest);
    skipping = true;
    rest = "";
  });
  return socket;
}

function lineTaker({ answered, other }: AnswerListeners): (line: string) => void {
  let room = MOST_LOGGED;
  return (line) => {
    const answer = answerIn(line);
    if (answer) {
      answered(answer);
    } else if (room > 0 && line !== "") {
      room -= line.length;
      other(room > 0 ? `${line}\n` : "[more on stdout is left out]\n");
    }
  };
}

/** An answer is an object with a number as `seq`; what its other values are, the agent judges. */
function answerIn(line: string): HostAnswer | undefined {
  if (line.length > LONGEST_LINE || !line.startsWith("{")) return undefined;
  try {
    const answer = JSON.parse(line) as Partial<HostAnswer>;
    return typeof answer.seq === "number" ? (answer as HostAnswer) : undefined;
  } catch {
    return undefined;
  }
}
