// What the widget's modules pass to one another. No browser loads this file.

/** A message's further facts, from the server. */
export interface Metadata {
  crisis?: boolean;
  country?: string;
  response?: string;
  sources?: Record<string, string>[];
}

/** One of the messages of a reply, in the form of Rasa's REST channel. */
export interface Message {
  text: string;
  buttons?: { title: string; payload: string }[];
  metadata?: Metadata;
}

export type State = "sending" | "waiting" | "sent" | "failed";

/** One turn of one side: what the person wrote, or the messages of a reply. */
export interface Entry {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  text?: string;
  /** What is sent in place of the text. */
  payload?: string;
  /** Sent by the widget itself and not shown. */
  hidden?: boolean;
  state?: State;
  /** A reply has these, and no text. */
  messages?: Message[];
}

/** What the connection tells of its work. */
export interface Listener {
  changed(entry: Entry): void;
  replied(messages: Message[]): void;
  away(yes: boolean): void;
  slow(): void;
}

/** A helpline, as in data/helplines.yml. */
export interface Line {
  name: string;
  call?: string;
  dial?: string;
  also?: string;
  text?: string;
  /** The words to send, or what the person has to write. */
  body?: string;
  write?: string;
  web?: string;
  hours?: string;
}

export interface Country {
  within: string;
  emergency: string;
  lines: Line[];
}

export type Code = string | undefined;
export type Words = typeof import("./words.js").en;
export type Content = (Node | string)[];
/** What an element may be made of; nothing stands for what is false. */
export type Child = Node | string | false | undefined | Child[];

export type Rate = (value: string, response: string) => void;

/** What the controls do: the element's methods. */
export type Action = "open" | "close" | "leave" | "ask" | "count" | "restart" | "copy" | "save";
