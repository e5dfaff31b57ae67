import { createInterface } from "node:readline";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";

/** Asks a yes-or-no question; nothing, or the end of input, means no. @throws CliError `answer_not_understood` */
export async function confirm(question: string, context: Context): Promise<boolean> {
  const answer = await ask(`${question} [y/N] `, context);
  if (/^(y|yes)$/i.test(answer)) return true;
  if (/^(n|no)?$/i.test(answer)) return false;
  throw new CliError(
    "answer_not_understood",
    `Cannot go on: "${answer}" is neither yes nor no. Run the command again.`,
  );
}

/** Asks for one line, trimmed; "" at the end of input. */
export async function ask(question: string, context: Context): Promise<string> {
  context.prompt(question);
  const lines = createInterface({ input: context.stdin });
  const answer = await new Promise<string | undefined>((resolve) => {
    lines.once("line", resolve).once("close", () => resolve(undefined));
  });
  lines.close();
  // At the end of input the cursor still stands behind the question.
  if (answer === undefined) context.note("");
  return answer?.trim() ?? "";
}
