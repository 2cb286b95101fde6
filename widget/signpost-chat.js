// @ts-check
// The element <signpost-chat>; docs/embedding.md has its attributes.

import { Connection, Conversation } from "./conversation.js";
import { country, directory, fill, h, known, linked } from "./dom.js";
import { accent, base } from "./styles.js";
import { divided, frame, mark, message, offered } from "./view.js";
import { words } from "./words.js";

/** @import { Code, Entry, Message } from "./types" */

const LONGEST = 2_000; // characters, as in signpost.yml
const NEUTRAL = "https://www.wikipedia.org/";
const PRESSES = 3; // of Shift
const TOGETHER = 2_000; // milliseconds from one press to the next
const FULL_SCREEN = matchMedia("(max-width: 40em), (max-height: 36em)");

class SignpostChat extends HTMLElement {
  #talk = new Conversation();
  #words = words("")[1];
  #view = /** @type {ReturnType<typeof frame>} */ ({});
  /** @type {Code} */
  #page;
  /** @type {Code} */
  #code;
  /** @type {Connection | undefined} */
  #connection;
  #started = false;
  #away = false;
  #left = PRESSES;
  #pressed = 0;
  #typing = 0;
  #counting = 0;

  connectedCallback() {
    if (this.shadowRoot) return;
    const [language, texts] = words(this.lang || document.documentElement.lang);
    const code = this.getAttribute("country");
    this.#words = texts;
    this.#page = known(code);
    if (code && !this.#page) console.warn(`signpost-chat: country="${code}" is none of docs/helplines.md; not used.`);
    this.#view = frame(language, texts, this.getAttribute("heading") ?? texts.heading, this.getAttribute("position") !== "inline", (name) => this[name]());
    this.#showHelp(this.#page);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [base, ...accent(this.getAttribute("accent"))];
    root.append(h("div", { class: "root" }, this.#view.launch, this.#view.panel));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("online", () => this.#connection?.retry());
    FULL_SCREEN.addEventListener("change", () => this.#open && this.open(!!this.shadowRoot?.activeElement));
    if (this.#open || this.#talk.open) this.open(false);
  }

  get #open() {
    return this.isConnected && (!this.#view.launch || this.#view.launch.hidden);
  }

  open(focus = true) {
    const { panel, launch, text } = this.#view;
    if (launch) {
      panel.close();
      panel.open = !FULL_SCREEN.matches;
      if (!panel.open) panel.showModal();
      // A touch keyboard would hide the first message.
      if (focus || FULL_SCREEN.matches) (matchMedia("(pointer: fine)").matches ? text : panel).focus();
      launch.hidden = this.#talk.open = true;
      this.#talk.save();
    }
    if (!this.#started) this.#start();
  }

  close() {
    const { panel, launch } = this.#view;
    if (!launch) return;
    panel.close();
    launch.hidden = this.#talk.open = false;
    launch.focus();
    this.#talk.save();
  }

  leave() {
    this.#forget();
    this.#talk.erase();
    document.title = "…";
    document.body.replaceChildren(h("p", { role: "alert" }, this.#words.leaving));
    const { href, host } = h("a", { href: this.getAttribute("exit-url") ?? NEUTRAL });
    const to = host && /^http/.test(href) ? href : NEUTRAL;
    try {
      // Out of a frame as well.
      top?.location.replace(to);
    } catch {
      location.replace(to);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, repeat, timeStamp } = event;
    if (!this.#open || repeat || event.isComposing) return;
    if (key === "Escape" && !event.defaultPrevented) this.close();
    if (key !== "Shift" || timeStamp - this.#pressed > TOGETHER) this.#left = PRESSES;
    if (key !== "Shift") return;
    this.#pressed = timeStamp;
    if (--this.#left) this.#tell(fill(this.#words.left, { left: this.#left }));
    else this.leave();
  }

  async #start() {
    this.#started = true;
    await this.#talk.claim();
    this.#connect();
    const { log } = this.#view;
    log.replaceChildren();
    for (const entry of this.#talk.entries) this.#show(entry);
    log.scrollTop = log.scrollHeight;
    for (const entry of this.#talk.entries) if (/sending|waiting/.test(entry.state ?? "")) this.#connection?.send(entry);
    if (!this.#talk.entries.length) this.#greet();
  }

  #connect() {
    const server = this.getAttribute("server") ?? new URL("..", import.meta.url).href;
    this.#connection = new Connection(`${server.replace(/\/$/, "")}/webhooks/rest/webhook`, { sender: this.#talk.sender, country: this.#page }, {
      changed: (entry) => this.#changed(entry),
      replied: (messages) => this.#replied(messages),
      away: (yes) => this.#setAway(yes),
      slow: () => this.#away || this.#say(this.#words.slow),
    });
  }

  #greet() {
    this.#send({ payload: "/greet", hidden: true });
  }

  /** @param {Partial<Entry>} said */
  #send(said) {
    const entry = this.#talk.add({ ...said, state: "sending" });
    this.#show(entry);
    this.#connection?.send(entry);
  }

  /** @param {Entry} entry */
  #show(entry) {
    const { log, choices } = this.#view;
    choices.replaceChildren();
    if (entry.hidden) return;
    const rate = (/** @type {string} */ value, /** @type {string} */ response) =>
      this.#connection?.tell(`/feedback${JSON.stringify({ value, response })}`);
    const shown = message(entry, this.#words, this.#code, this.hasAttribute("feedback") && rate);
    log.append(shown, choices);
    choices.append(...offered(entry, (text, payload) => {
      this.#send({ text, payload });
      log.focus();
    }));
    // The question's end stays in view.
    if (log.scrollHeight > log.clientHeight + 1) log.scrollTop = shown.offsetTop - log.offsetTop - 48;
    else if (this.shadowRoot?.activeElement) shown.scrollIntoView({ block: shown.offsetHeight > innerHeight / 2 ? "start" : "nearest" });
  }

  /** @param {Entry} entry */
  #changed(entry) {
    this.#talk.save();
    mark(this.#view.log, entry, this.#words);
    clearTimeout(this.#typing);
    // Most replies come at once.
    if (entry.state === "sending" && !this.#away) this.#typing = setTimeout(() => this.#say(this.#words.typing, "busy"), 400);
  }

  /** @param {Message[]} messages */
  #replied(messages) {
    this.#say(messages.length ? "" : this.#words.trouble);
    if (!messages.length) return;
    const entry = this.#talk.add({ messages });
    const { code, crisis } = divided(entry, this.#code);
    if (code !== this.#code) this.#showHelp(code);
    this.#show(entry);
    this.#view.alarm.textContent = crisis || "";
  }

  /** @param {boolean} yes */
  #setAway(yes) {
    if (yes === this.#away) return;
    this.#away = this.#view.help.open = yes;
    this.#say(yes ? this.#words.away : "");
    this.#view.log.scrollTop = this.#view.log.scrollHeight;
    if (yes) this.#view.status.append(h("button", { type: "button", class: "retry", onclick: () => this.#connection?.retry() }, this.#words.retry));
    else this.#tell(this.#words.back);
  }

  /** @param {string} text @param {string} kind */
  #say(text, kind = "") {
    this.#view.status.replaceChildren(...linked(fill(text, country(this.#code)), this.#code));
    this.#view.status.className = `status ${kind}`;
  }

  /** Tells it to screen readers alone. @param {string} text */
  #tell(text) {
    this.#view.told.textContent = text;
  }

  /** @param {Code} code */
  #showHelp(code) {
    this.#code = code;
    this.#view.help.replaceChildren(h("summary", {}, this.#words.help), h("ul", {}, directory(code, this.#words)));
  }

  ask() {
    const { text } = this.#view;
    const asked = text.value.trim();
    text.focus();
    if (!asked || this.count() < 0) return;
    text.value = "";
    this.count();
    this.#send({ text: asked });
  }

  /** Shows how many characters are left, near the end. */
  count() {
    const { text, count } = this.#view;
    const most = Number(this.getAttribute("maxlength")) || LONGEST;
    const left = most - [...text.value.trim()].length;
    const shown = left > most / 10 ? "" : fill(this.#words[left < 0 ? "over" : "fits"], { count: Math.abs(left) });
    count.textContent = shown;
    text.setAttribute("aria-invalid", `${left < 0}`);
    clearTimeout(this.#counting);
    if (shown) this.#counting = setTimeout(() => this.#tell(shown), 1_000);
    return left;
  }

  #forget() {
    this.#connection?.stop();
    this.#connection?.tell("/forget_me");
  }

  restart() {
    this.#forget();
    this.#talk.renew();
    this.#view.log.replaceChildren();
    this.#setAway(false);
    this.#say("");
    this.#tell(this.#words.restarted);
    this.#connect();
    this.#greet();
    this.#view.text.focus();
  }

  async copy() {
    const done = navigator.clipboard?.writeText(this.#talk.asText(this.#words)) ?? Promise.reject();
    this.#say(await done.then(() => this.#words.copied, () => this.#words.notCopied));
  }

  save() {
    const href = URL.createObjectURL(new Blob([this.#talk.asText(this.#words)], { type: "text/plain" }));
    h("a", { href, download: "chat.txt" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1_000);
  }
}

customElements.define("signpost-chat", SignpostChat);
