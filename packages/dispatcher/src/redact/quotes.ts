/** Says of a shell's command what is inside quotes. Places must be asked for in rising order: so a text is read once. */
export interface Quotes {
  /** Which quote is open at a place: `"`, `'`, or "" for none. Undefined when that cannot be told. */
  readonly openAt: (at: number) => string | undefined;
}

/** Here-documents, and single quotes with escapes, can make a quote that closes look like one that opens. */
const UNTOLD = /<<|\$'/;

/** Reads quotes as a shell does: `\` escapes outside and in double quotes, a comment goes to the end of its line. */
export function quotesOf(text: string): Quotes {
  if (UNTOLD.test(text)) return { openAt: () => undefined };
  let at = 0;
  let open = "";
  const step = (): void => {
    const character = text[at] as string;
    at += 1;
    if (character === "\\" && open !== "'") at += 1;
    else if (character === open) open = "";
    else if (open === "" && (character === '"' || character === "'")) open = character;
    else if (open === "" && character === "#" && isWordStart(text, at - 1)) at = lineEnd(text, at);
  };
  return {
    openAt: (place) => {
      while (at < place) step();
      return open;
    },
  };
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s;&|(]/.test(text[at - 1] as string);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}
