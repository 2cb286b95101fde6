// @ts-check
// What was said so far, kept in the tab's session storage and nowhere else.

/** @import { Entry, Words } from "./types" */

const KEY = "signpost-chat";

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
    // Storage may be refused, full, or hold what somebody else wrote.
    try {
      const { sender, open, entries } = JSON.parse(sessionStorage[KEY]);
      if (Array.isArray(entries)) Object.assign(this, { sender, open, entries });
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
      // A page that is being loaded again needs a moment to let go.
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
