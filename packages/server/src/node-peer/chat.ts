/** What the Node peer says. */

/** What it knows when it is asked. */
export interface ChatFacts {
  readonly now: Date;
  /** Milliseconds since the server started. */
  readonly uptime: number;
  /** Such as "Node 20.20.2 on linux". */
  readonly runtime: string;
  /** The connection in one line; undefined when it is not known. */
  readonly connection: string | undefined;
}

/** The answer to a line. */
export function chatReply(text: string, facts: ChatFacts): string {
  switch (
    text
      .trim()
      .toLowerCase()
      .replace(/[!?.]+$/, "")
  ) {
    case "hi":
    case "hey":
    case "hello":
      return `Hello! This is ${facts.runtime}, on the other end of a data channel. Ask for “help”.`;
    case "help":
      return "I know “time”, “uptime” and “connection”. Whatever else you say, I say back. Send me a file and I return it.";
    case "time":
      return `My clock says ${facts.now.toISOString().replace("T", " ").slice(0, 19)} UTC.`;
    case "uptime":
      return `I have been running for ${formatMinutes(facts.uptime)}.`;
    case "connection":
      return facts.connection ?? "I cannot see the connection at the moment.";
    default:
      return `You said: ${text}`;
  }
}

function formatMinutes(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "less than a minute";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
