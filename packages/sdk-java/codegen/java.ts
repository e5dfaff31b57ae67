/** The longest line that google-java-format writes. */
export const WIDTH = 100;

/** A file of the package, with the line that says where it comes from. */
export function javaFile(notice: string, imports: readonly string[], body: string): string {
  const lines = imports.map((name) => `import ${name};`).join("\n");
  return `// ${notice}\npackage dev.xcodex.hooks;\n\n${lines === "" ? "" : `${lines}\n\n`}${body}\n`;
}

/** A doc comment with its tags, formatted as google-java-format does. */
export function javadoc(
  text: string,
  indent = "",
  tags: readonly (readonly [tag: string, text: string])[] = [],
): string {
  const short = `${indent}/** ${htmlOf(text)} */`;
  if (tags.length === 0 && short.length <= WIDTH) return short;
  const width = WIDTH - indent.length - 3;
  const lines = [
    ...wrap(htmlOf(text), width, ""),
    ...(tags.length > 0 ? [""] : []),
    ...tags.flatMap(([tag, words]) => wrap(`${tag} ${htmlOf(words)}`, width, "    ")),
  ];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join("\n");
}

/** Words as in our docs, in HTML: what stands between backticks is code. */
function htmlOf(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? `{@code ${part}}` : part.replaceAll("&", "&amp;").replaceAll("<", "&lt;")))
    .join("");
}

function wrap(text: string, width: number, hanging: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${hanging}${word}`;
    } else line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** A text as a literal of Java. */
export function literal(text: string): string {
  // JSON's escapes are Java's too.
  return JSON.stringify(text);
}

/** A list between brackets: on one line when it fits, otherwise one item per line. */
export function list(start: string, items: readonly string[], end: string, indent: string): string {
  const line = `${indent}${start}${items.join(", ")}${end}`;
  if (line.length <= WIDTH) return line;
  return `${indent}${start}\n${items.map((item) => `${indent}    ${item}`).join(",\n")}${end}`;
}

/** A name as a constant of Java: `tool-call-started` and `BashOutput` are `TOOL_CALL_STARTED` and `BASH_OUTPUT`. */
export function constantName(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]/g, "_")
    .toUpperCase();
}
