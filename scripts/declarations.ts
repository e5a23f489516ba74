/**
 * Reads the declaration files that the compiler wrote: which names an entry point exports, and the text that declares them.
 * The compiler prints declarations in one regular shape, a top-level statement at the start of a line, so lines are enough.
 */
import fs from "node:fs";
import path from "node:path";

/** One exported name of an entry point. */
export interface Declaration {
  readonly name: string;
  /** The declaring file, relative to the package's dist folder. */
  readonly file: string;
  /** Overloads and merged declarations in order, without comments. */
  readonly text: string;
  /** Whether a doc comment stands before the first of them. */
  readonly documented: boolean;
}

interface Statement {
  readonly comment: boolean;
  readonly lines: string[];
}

const STARTS = /^(export|declare|import|type|interface|class|function|const|let|enum|namespace|abstract)\b/;

function statementsOf(file: string): Statement[] {
  const statements: Statement[] = [];
  let comment = false;
  let inComment = false;
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    if (!inComment && /^\/\*\*/.test(line)) {
      inComment = true;
      comment = true;
    }
    if (inComment) {
      if (line.includes("*/")) inComment = false;
      continue;
    }
    if (line.startsWith("//") || line.trim() === "") continue;
    if (STARTS.test(line)) {
      statements.push({ comment, lines: [line] });
      comment = false;
    } else {
      statements.at(-1)?.lines.push(line);
    }
  }
  return statements;
}

function withoutComments(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/\/\*\*[\s\S]*?\*\//g, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

const DECLARES =
  /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class|abstract class|function|const|let|namespace) ([A-Za-z_$][\w$]*)/;

/** Every name that the declaration file `file` exports, following `export … from`. @throws Error when a name is declared nowhere */
export function exportsOf(file: string, root: string): Declaration[] {
  const found = new Map<string, Declaration>();
  const statements = statementsOf(file);
  const imported = new Map<string, { from: string; name: string }>();
  for (const { lines } of statements) {
    const text = lines.join(" ");
    const from = /^import (?:type )?\{([^}]*)\} from "(\.[^"]+)"/.exec(text);
    for (const item of from?.[1]?.split(",") ?? []) {
      const [name = "", alias = name] = item
        .replace(/\btype /, "")
        .trim()
        .split(" as ");
      imported.set(alias, { from: from?.[2] ?? "", name });
    }
  }
  const resolve = (specifier: string): string => path.resolve(path.dirname(file), specifier.replace(/\.[jt]s$/, ".d.ts"));
  const add = (declaration: Declaration | undefined, alias: string): void => {
    if (declaration === undefined) throw new Error(`${path.relative(root, file)}: cannot find what declares ${alias}`);
    found.set(alias, { ...declaration, name: alias });
  };
  for (const { lines, comment } of statements) {
    const text = lines.join(" ");
    const all = /^export \* from "([^"]+)"/.exec(text);
    if (all?.[1] !== undefined)
      for (const declaration of exportsOf(resolve(all[1]), root)) found.set(declaration.name, declaration);
    const named = /^export (?:type )?\{([^}]*)\}(?: from "([^"]+)")?/.exec(text);
    if (named?.[1] !== undefined) {
      for (const item of named[1].split(",").filter((part) => part.trim() !== "")) {
        const [name = "", alias = name] = item
          .replace(/\btype /, "")
          .trim()
          .split(" as ");
        const origin = named[2] !== undefined ? { from: named[2], name } : imported.get(name);
        if (origin !== undefined)
          add(
            exportsOf(resolve(origin.from), root).find((one) => one.name === origin.name),
            alias,
          );
        else add(declarationOf(statements, name, file, root), alias);
      }
    }
    const declares = /^export (?!\*|\{|type \{)/.test(text) ? DECLARES.exec(text) : null;
    if (declares?.[1] !== undefined) {
      const before = found.get(declares[1]);
      const body = withoutComments(lines);
      found.set(declares[1], {
        name: declares[1],
        file: path.relative(root, file),
        text: before === undefined ? body : `${before.text}\n${body}`,
        documented: before?.documented === true || comment,
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function declarationOf(statements: readonly Statement[], name: string, file: string, root: string): Declaration | undefined {
  const matching = statements.filter(({ lines }) => DECLARES.exec(lines[0] ?? "")?.[1] === name);
  if (matching.length === 0) return undefined;
  return {
    name,
    file: path.relative(root, file),
    text: matching.map(({ lines }) => withoutComments(lines)).join("\n"),
    documented: matching.some(({ comment }) => comment),
  };
}

/** The entry points of a package: the key in its export map and the declaration file. */
export function entryPoints(packageFolder: string): { readonly key: string; readonly file: string }[] {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageFolder, "package.json"), "utf8")) as {
    exports: Record<string, string | { types?: string }>;
  };
  return Object.entries(manifest.exports).flatMap(([key, target]) =>
    typeof target === "object" && target.types !== undefined ? [{ key, file: path.join(packageFolder, target.types) }] : [],
  );
}

/** The public API of one entry point as text: every exported name and its declaration, in order of the names. */
export function apiOf(key: string, file: string, root: string): string {
  const name = path.posix.join("visavis", key);
  const body = exportsOf(file, root).map(({ text, name: exported }) => `// ${exported}\n${text}\n`);
  return `// The public API of "${name}". Written by \`npm run api\`; a test compares it with the build.\n\n${body.join("\n")}`;
}
