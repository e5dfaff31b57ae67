import type { ByteSink } from "../../contracts.ts";
import { ESCAPE_WASM } from "../generated/escape-wasm.ts";

/** What is used of WebAssembly; Node's types do not say it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What `escape.wat` exports. */
interface EscapeExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** How many units of UTF-16 the input has room for. */
  readonly most_units: { readonly value: number };
  /** Where the input begins, in bytes. */
  readonly input: { readonly value: number };
  /** Where the output begins, in bytes. */
  readonly output: { readonly value: number };
  /** Escapes so many units of the input; answers how many bytes the output has. */
  readonly escape: (units: number) => number;
}

/**
 * Hands a text to the sink as the inside of a JSON string: what `JSON.stringify(text)` has between its quotes, lone surrogates included.
 * As bytes, many times faster, and slice by slice where WebAssembly with SIMD is to be had; as one text elsewhere.
 */
export type WriteEscaped = (text: string, sink: ByteSink) => void;

let loaded: WriteEscaped | undefined;

/** Writes a text, escaped. The first call loads the module, so a program without long texts never does. */
export const writeEscaped: WriteEscaped = (text, sink) => {
  loaded ??= loadEscape();
  loaded(text, sink);
};

/**
 * The module, loaded.
 *
 * @param scope where WebAssembly is found, if there is any: not where Node runs without a compiler (`--jitless`). Default: `globalThis`
 */
export function loadEscape(scope: object = globalThis): WriteEscaped {
  const { WebAssembly: api } = scope as { readonly WebAssembly?: WebAssemblyApi };
  const exports = api && instantiate(api);
  return exports ? inSlices(exports) : asText;
}

function instantiate(api: WebAssemblyApi): EscapeExports | undefined {
  try {
    return new api.Instance(new api.Module(Buffer.from(ESCAPE_WASM, "base64"))).exports as EscapeExports;
  } catch {
    // A processor without SIMD, or an operating system that lets nobody compile.
    return undefined;
  }
}

const asText: WriteEscaped = (text, sink) => sink.text(JSON.stringify(text).slice(1, -1));

/** The memory never grows, so views of it stay good. */
function inSlices(wasm: EscapeExports): WriteEscaped {
  const most = wasm.most_units.value;
  const from = Buffer.from(wasm.memory.buffer, wasm.input.value, 2 * most);
  const to = new Uint8Array(wasm.memory.buffer, wasm.output.value);
  return (text, sink) => {
    for (let start = 0; start < text.length; ) {
      const end = endOfSlice(text, start, most);
      // As UTF-16, which is a copy. To UTF-8 V8 would go character by character as soon as one is not ASCII.
      from.write(end - start === text.length ? text : text.slice(start, end), "utf16le");
      sink.bytes(to.subarray(0, wasm.escape(end - start)));
      start = end;
    }
  };
}

/** A slice never ends between the halves of a surrogate pair. */
function endOfSlice(text: string, start: number, most: number): number {
  const end = start + most;
  if (end >= text.length) return text.length;
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end;
}
