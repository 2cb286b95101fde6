// @ts-check
// What was said, in the tab's session storage alone, and how it reaches the server.

/** @import { Entry, Listener, Message, State, Words } from "./types" */

const KEY = "signpost-chat";
// Milliseconds.
const SLOW = 5_000;
const PATIENCE = 20_000;
const LONGEST_PAUSE = 30_000;
// The server will never take the message.
const REFUSED = [400, 413, 415, 422];

// `crypto.randomUUID` is there on secure pages only.
const randomId = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** @param {Entry} entry */
export const time = ({ at }) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export class Conversation {
  sender = randomId();
  open = false;
  /** @type {Entry[]} */
  entries = [];

  constructor() {
    // Storage may be refused or spoiled.
    try {
      const { sender, open, entries } = JSON.parse(sessionStorage[KEY]);
      if (entries.every((/** @type {Entry} */ { id }) => id)) Object.assign(this, { sender, open, entries });
    } catch {}
  }

  /** @param {Partial<Entry>} said */
  add(said) {
    const entry = { id: randomId(), at: Date.now(), ...said };
    this.entries.push(entry);
    this.save();
    return entry;
  }

  save() {
    try {
      sessionStorage[KEY] = JSON.stringify(this);
    } catch {}
  }

  renew() {
    this.sender = randomId();
    this.entries = [];
    this.save();
  }

  erase() {
    this.save = () => {};
    try {
      sessionStorage.removeItem(KEY);
    } catch {}
  }

  /** Begins anew in a duplicated tab, which has a copy of the storage: the first tab holds a lock. @returns {Promise<void>} */
  claim() {
    return new Promise((resolve) => {
      if (!navigator.locks) return resolve();
      // A page loaded again needs a moment to let go.
      const patience = new AbortController();
      const timer = setTimeout(() => patience.abort(), 600);
      const hold = () => {
        clearTimeout(timer);
        resolve();
        return new Promise(() => {});
      };
      navigator.locks.request(KEY + this.sender, { signal: patience.signal }, hold).catch(() => {
        this.renew();
        resolve(this.claim());
      });
    });
  }

  /** @param {Words} words */
  asText({ you, them }) {
    const said = this.entries.filter(({ hidden }) => !hidden);
    return said.map((entry) => {
      const text = entry.messages?.map(({ text }) => text).join("\n\n") ?? entry.text;
      return `${entry.messages ? them : you}, ${time(entry)}:\n${text}\n`;
    }).join("\n");
  }
}

/** Sends messages one after another. What cannot be sent is kept and tried again. */
export class Connection {
  /** @type {Entry[]} */
  #queue = [];
  #busy = false;
  #stopped = false;
  retry = () => {};

  /** @param {string} url @param {{ sender: string, country?: string }} who @param {Listener} listener */
  constructor(url, who, listener) {
    this.url = url;
    this.who = who;
    this.listener = listener;
  }

  /** @param {Entry} entry */
  send(entry) {
    this.#queue.push(entry);
    this.retry();
    if (!this.#busy) this.#work();
  }

  /** Sends a message whose reply nobody waits for. @param {string} message */
  tell(message) {
    this.#post(message, { keepalive: true }).catch(() => {});
  }

  stop() {
    this.#stopped = true;
  }

  async #work() {
    this.#busy = true;
    for (let pause = 1_000; this.#queue.length && !this.#stopped; ) {
      const [entry] = this.#queue;
      this.#mark(entry, "sending");
      const messages = await this.#attempt(entry);
      if (this.#stopped) return;
      this.listener.away(!messages);
      if (messages) {
        pause = 1_000;
        this.#queue.shift();
        this.#mark(entry, messages.length ? "sent" : "failed");
        this.listener.replied(messages);
      } else {
        for (const each of this.#queue) this.#mark(each, "waiting");
        await new Promise((resolve) => setTimeout((this.retry = () => resolve(0)), pause));
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
    this.#busy = false;
  }

  /** @param {Entry} entry @param {State} state */
  #mark(entry, state) {
    entry.state = state;
    this.listener.changed(entry);
  }

  /** Returns no message for no reply, nothing for no server. @param {Entry} entry */
  async #attempt({ id, text, payload }) {
    const request = new AbortController();
    const timers = [setTimeout(this.listener.slow, SLOW), setTimeout(() => request.abort(), PATIENCE)];
    try {
      const response = await this.#post(payload ?? text, { signal: request.signal }, id);
      if (response.ok) return readable(await response.text());
      if (REFUSED.includes(response.status)) return [];
    } catch {
    } finally {
      timers.map(clearTimeout);
    }
  }

  /** By its id, the server knows a message whose reply was lost. @param {string=} message @param {RequestInit=} options @param {string=} message_id */
  #post(message, options, message_id) {
    const { sender, country } = this.who;
    return fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender, message, message_id, metadata: { country } }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      ...options,
    });
  }
}

/** Keeps what has the form of a message. @param {string} body @returns {Message[]} */
function readable(body) {
  try {
    return JSON.parse(body).filter((/** @type {any} */ each) => each?.text && typeof each.text === "string");
  } catch {
    return [];
  }
}
