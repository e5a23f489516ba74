/** The command line and the environment of the demo server. */
import { parseArgs } from "node:util";
import * as v from "valibot";

/** What the server is started with. */
export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** 0 lets the system choose; undefined: 3478, or any other when that is taken. */
  readonly stunPort: number | undefined;
  readonly stun: boolean;
  readonly nodePeer: boolean;
  /** Bytes. */
  readonly maxFileSize: number;
  readonly maxRooms: number;
  readonly allowedOrigins: readonly string[];
  readonly verbose: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly type: "start"; readonly options: ServerOptions }
  | { readonly type: "help" }
  /** `message` says what is wrong, for people. */
  | { readonly type: "mistake"; readonly message: string };

/** The text of `--help`. */
export const HELP = `The visavis demo: a web page, and a Node program that answers its data channels.

Usage: npm start -- [options]

  --port NUMBER          port of the page, TCP (default: PORT of the environment, or 8080)
  --host ADDRESS         address to listen on (default: 127.0.0.1, this machine only)
  --stun-port NUMBER     port of the STUN server, UDP (default: 3478, or another one when it is taken)
  --no-stun              start no STUN server
  --no-node-peer         only signal between browsers, be no peer
  --max-file SIZE        largest file that the Node peer takes (default: 1G; K, M and G are powers of 1000)
  --max-rooms NUMBER     how many rooms there may be at a time (default: 100)
  --allow-origin ORIGIN  also talk to pages of this origin, such as https://demo.example (may be repeated)
  --verbose              say who comes and goes
  --help                 this text

Examples:
  npm start
  npm start -- --port 9000 --max-file 200M
  npm start -- --host 0.0.0.0             other devices on the network may open the page
  npm start -- --host 0.0.0.0 --allow-origin https://demo.example   behind a proxy that adds TLS
`;

const OPTIONS = {
  host: { type: "string" },
  port: { type: "string" },
  "stun-port": { type: "string" },
  "no-stun": { type: "boolean" },
  "no-node-peer": { type: "boolean" },
  "max-file": { type: "string" },
  "max-rooms": { type: "string" },
  "allow-origin": { type: "string", multiple: true },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const decimal = (name: string, minimum: number, maximum: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, `${name} must be a whole number`),
    v.transform(Number),
    v.minValue(minimum, `${name} must be at least ${minimum}`),
    v.maxValue(maximum, `${name} must be at most ${maximum}`),
  );

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9 };
const size = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}(\.\d{1,3})?[KMG]?$/i, "--max-file must be a size such as 200M or 2G"),
  v.transform((text) => Math.floor(Number.parseFloat(text) * (UNITS[text.replace(/[\d.]/g, "").toUpperCase()] ?? 1))),
);

const origin = v.pipe(
  v.string(),
  v.check(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).pathname === "/",
    "--allow-origin must be an origin such as https://demo.example",
  ),
);

const schema = v.object({
  host: v.optional(v.pipe(v.string(), v.minLength(1, "--host must name an address")), "127.0.0.1"),
  port: v.optional(decimal("--port", 0, 65535), "8080"),
  "stun-port": v.optional(decimal("--stun-port", 0, 65535)),
  "no-stun": v.optional(v.boolean(), false),
  "no-node-peer": v.optional(v.boolean(), false),
  "max-file": v.optional(size, "1G"),
  "max-rooms": v.optional(decimal("--max-rooms", 1, 100_000), "100"),
  "allow-origin": v.optional(v.array(origin), []),
  verbose: v.optional(v.boolean(), false),
});

/** Reads the arguments after the name of the program. Never throws. */
export function parseCommand(args: readonly string[], environment: { readonly PORT?: string | undefined }): Command {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
    return values.help === true ? { type: "help" } : checkCommand(values, environment.PORT);
  } catch (error) {
    return { type: "mistake", message: error instanceof Error ? error.message : String(error) };
  }
}

function checkCommand(values: Readonly<Record<string, unknown>>, environmentPort: string | undefined): Command {
  const port = environmentPort === undefined || environmentPort === "" ? {} : { port: environmentPort };
  const result = v.safeParse(schema, { ...port, ...values });
  if (!result.success) return { type: "mistake", message: result.issues[0].message };
  const { output } = result;
  return {
    type: "start",
    options: {
      host: output.host,
      port: output.port,
      stunPort: output["stun-port"],
      stun: !output["no-stun"],
      nodePeer: !output["no-node-peer"],
      maxFileSize: output["max-file"],
      maxRooms: output["max-rooms"],
      allowedOrigins: output["allow-origin"],
      verbose: output.verbose,
    },
  };
}
