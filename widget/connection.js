// @ts-check
// Sends messages one after another. What cannot be sent is kept and tried again.

/** @import { Entry, Listener, Message, State } from "./types" */

// Milliseconds.
const SLOW = 5_000;
const PATIENCE = 20_000;
const LONGEST_PAUSE = 30_000;
// The server has read the message and will never take it.
const REFUSED = [400, 413, 415, 422];

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
    for (let pause = 1_000; this.#queue.length; ) {
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
