import { kindOfKey } from "./key-names.ts";

/** How much of a value is looked at: what makes it harmless stands at its beginning. */
const LOOKED_AT = 256;

/** Stands for a value and is none: `***`, `xxxx`, `…`, `<your password>`. */
const MASK = /^(?:[*•·.…]+|x{3,}|X{3,}|<[^<>]*>)$/;
/** What a program fills in: `%s`, `%(name)s`, `{}`, `{name}`. */
const PLACEHOLDER = /^(?:(?:%[sdrv]|%\(\w+\)[sdrv])[:/]?)+$|^\{[\w.]*\}$/;
/** Says where a value comes from: `${NAME}`, `$NAME`, `$(…)`, `{{ name }}`, `%NAME%`. */
const REFERENCE = /^(?:\$\{[^}]*\}|\$[A-Z_][A-Z0-9_]*|\$\(.*\)|\{\{.*\}\}|%[A-Za-z_]\w*%)$/;
/** In code and in double quotes of a shell a dollar sign begins a variable, however it is spelled. */
const VARIABLE = /^(?:\$[A-Za-z_0-9@*#?!({-]|`)/;
const PATH = /^(?:[~.]{0,2}\/|~$|[A-Za-z]:[\\/])/;

/** Whether a value is no secret whatever its key: empty, a mask, a reference. `key` may be `pwd`, which is a folder more often. */
export function isHarmless(value: string, key: string): boolean {
  const start = value.slice(0, LOOKED_AT).trim();
  if (start === "" || MASK.test(start) || PLACEHOLDER.test(start) || REFERENCE.test(start)) return true;
  return /pwd$/i.test(key) && PATH.test(start);
}

/** Whether a value in code is an expression: a variable. Holds where a shell or a program would put something else there. */
export function isVariable(value: string): boolean {
  return VARIABLE.test(value);
}

const WORDS_OF_CODE: ReadonlySet<string> = new Set(
  `true false null nil none undefined nan yes no on off str string strings text bytes int integer number num bool boolean
  float double object array list dict map any unknown void never optional required secret secretstr option some ok err
  await new async function lambda return typeof not and or if else self this input print char varchar uuid usize isize
  u8 u16 u32 u64 i8 i16 i32 i64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 f32 f64 utf8 base64
  sha1 sha256 sha512 md5 hs256 rs256 es256`.split(/\s+/),
);
const MEMBERS = /^[A-Za-z_$][\w$]*\??(?:\.[A-Za-z_$][\w$]*\??)+!?$/;
const ROOTS =
  /^(?:self|this|process|os|config|cfg|env|args?|opts?|options|settings|props|req|request|res|response|ctx)\b/;

const ENVIRONMENT = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/**
 * Whether an unquoted value reads as code: a type, a constant, a variable that is named for what it holds, a member. What is assigned to a
 * variable of the environment is the value itself, unless it begins like a member of something: tokens have dots too (`s.…`, `SG.…`), and
 * passwords are called `mysecret1`.
 *
 * @param name of what it is assigned to, where that is known
 */
export function isCode(value: string, name = ""): boolean {
  const start = value.slice(0, LOOKED_AT);
  if (isVariable(start) || WORDS_OF_CODE.has(start.replace(/[?!]$/, "").toLowerCase())) return true;
  const isLiteral = ENVIRONMENT.test(name);
  if (!isLiteral && /^[A-Za-z_$][\w$]*$/.test(start) && kindOfKey(start) !== undefined) return true;
  return MEMBERS.test(start) && (ROOTS.test(start) || !(isLiteral || /\d/.test(start)));
}

/** Whether an unquoted value looks made up rather than said: where prose and code stand too, only such a value is one. */
export function looksMadeUp(value: string): boolean {
  const start = value.slice(0, LOOKED_AT);
  if (PATH.test(start) || /^[a-z][a-z0-9+.-]*:\/\//i.test(start)) return false;
  if (/^\d+$/.test(start)) return start.length >= 4;
  if (/[!@#$%^*+~]/.test(start) && /[A-Za-z0-9]{3}/.test(start)) return true;
  if (/\d/.test(start) && /[A-Za-z]/.test(start)) return start.length >= 5;
  return start.length >= 16 && /[a-z]/.test(start) && /[A-Z]/.test(start) && !/[-_.]/.test(start);
}

const WORDS_OF_PROSE: ReadonlySet<string> = new Set(
  `a an the to is are was be and or for with in from as of on if it that this when will must should can flag flags option
  options argument arguments parameter parameters value values header headers scheme auth authentication authorization
  token tokens string instead only also not no e.g. i.e. etc`.split(/\s+/),
);

/** Whether a word belongs to a sentence: "the `--password` flag". */
export function isProse(word: string): boolean {
  return WORDS_OF_PROSE.has(
    word
      .slice(0, LOOKED_AT)
      .toLowerCase()
      .replace(/[.,:;)]+$/, ""),
  );
}
