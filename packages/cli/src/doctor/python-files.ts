import { runProgram, whatWentWrong } from "../programs.ts";

/** What a Python file says about itself, without being run. */
export interface PythonFile {
  readonly path: string;
  /** What is wrong with its syntax, and where. */
  readonly error?: { readonly text: string; readonly line: number | null };
  /** Names that it defines at its top, and how. */
  readonly names: Readonly<Record<string, "function" | "async function" | "other">>;
  /** `from … import *`: it may define anything. */
  readonly star: boolean;
  /** Modules that it imports, whole packages by their first name. */
  readonly imports: readonly string[];
  /** Those of the wanted modules that it imports and that are not there. */
  readonly missing: readonly string[];
}

/** What Python is asked about files. */
export interface PythonQuestion {
  readonly files: readonly string[];
  /** Folders that the files find modules in, beside their own and those that every script has. */
  readonly folders: readonly string[];
  /** Modules to look for, when a file imports them. */
  readonly modules: readonly string[];
}

/** Reads and compiles, and runs nothing. Standard input is not read, and no .pyc is written. */
const PROGRAM = `
import ast, json, os, sys, warnings
from importlib.machinery import PathFinder

warnings.simplefilter("ignore")
question = json.loads(sys.argv[1])
# The folder that we happen to be in.
del sys.path[0]


def top(body, names):
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names[node.name] = "function" if isinstance(node, ast.FunctionDef) else "async function"
        elif isinstance(node, ast.ClassDef):
            names[node.name] = "other"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                names[(alias.asname or alias.name).split(".")[0]] = "other"
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                top(getattr(node, part, []), names)
            for handler in getattr(node, "handlers", []):
                top(handler.body, names)
        else:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    names[inner.id] = "other"
    return names


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]


def read(path):
    found = {"path": path, "names": {}, "star": False, "imports": [], "missing": []}
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
        compile(tree, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        found["error"] = {"text": "SyntaxError: " + str(error.msg), "line": error.lineno}
        return found
    except Exception as error:
        found["error"] = {"text": type(error).__name__ + ": " + str(error), "line": None}
        return found
    found["names"] = top(tree.body, {})
    found["star"] = "*" in found["names"]
    found["imports"] = sorted(set(imports(tree)))
    folders = [os.path.dirname(path)] + question["folders"] + sys.path
    wanted = [name for name in question["modules"] if name in found["imports"]]
    found["missing"] = [name for name in wanted if PathFinder.find_spec(name, folders) is None]
    return found


print(json.dumps([read(path) for path in question["files"]]))
`;

/** In milliseconds. */
const READ_MS = 30_000;

/** Has a Python read files in its own way. A text when it cannot: why. */
export async function readPythonFiles(
  python: string,
  question: PythonQuestion,
  env: NodeJS.ProcessEnv,
): Promise<readonly PythonFile[] | string> {
  const ran = await runProgram([python, "-B", "-c", PROGRAM, JSON.stringify(question)], { env, deadlineMs: READ_MS });
  if (ran.code !== 0) return whatWentWrong(ran);
  return JSON.parse(ran.stdout) as readonly PythonFile[];
}
