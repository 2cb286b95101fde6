// @ts-check
// What is seen: the frame and the messages.

import { time } from "./conversation.js";
import { actions, country, fill, h, linked } from "./dom.js";

/** @import { Action, Code, Entry, Rate, Words } from "./types" */

/** @param {string} language @param {Words} words @param {string} title @param {boolean} floating @param {(name: Action) => void} act */
export function frame(language, words, title, floating, act) {
  const button = (/** @type {Action & keyof Words} */ name, more = {}) =>
    h("button", { type: "button", class: name, onclick: () => act(name), ...more }, words[name]);
  const launch = floating && button("open", { "aria-haspopup": "dialog" });
  const help = h("details", { class: "help" });
  // The answers are in English whatever the language of the page.
  const log = h("div", { class: "log", role: "log", tabindex: 0, "aria-label": words.log, lang: "en" });
  const choices = h("div", { class: "row choices", role: "group", "aria-label": words.choices });
  const status = h("div", { class: "status", role: "status" });
  const count = h("p", { class: "count", id: "count" });
  const instead = (/** @type {() => void} */ then) => (/** @type {Event} */ event) => {
    event.preventDefault();
    then();
  };
  const ask = instead(() => act("ask"));
  const enter = (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && ask(event);
  const text = h("textarea", { id: "text", class: "input", rows: 1, autocomplete: "off", enterkeyhint: "send",
    "aria-describedby": "count", oninput: () => act("count"), onkeydown: enter });
  const told = h("p", { class: "unseen", role: "status" });
  const alarm = h("p", { class: "unseen", role: "alert", lang: "en" });
  const panel = /** @type {HTMLDialogElement} */ (h(floating ? "dialog" : "section",
    { class: "panel", "aria-labelledby": "title", tabindex: -1, lang: language, oncancel: instead(() => act("close")) },
    h("header", { class: "header" }, h("h2", { id: "title", class: "heading" }, title),
      button("leave", { "aria-describedby": "note" }), floating && button("close")),
    help, log, status,
    h("form", { class: "form", onsubmit: ask }, h("label", { for: "text" }, words.question), count, text,
      h("button", { class: "send" }, words.send)),
    h("footer", { class: "footer" }, h("p", { id: "note" }, words.note),
      h("details", { class: "more" }, h("summary", {}, words.more), h("p", { class: "row" }, button("copy"), button("save"), button("restart")))),
    told, alarm));
  return { launch, panel, help, log, choices, status, count, text, told, alarm };
}

/** Shows how far a question has got. @param {Element} log @param {Entry} entry @param {Words} words */
export function mark(log, { id, state = "sending" }, words) {
  const shown = log.querySelector(`[id="${id}"]`);
  shown?.setAttribute("data-state", state);
  shown?.lastElementChild?.replaceChildren(words[state]);
}

/** @param {Entry} entry @param {Words} words @param {Code} otherwise @param {Rate | false} rate */
export function message(entry, words, otherwise, rate) {
  const { id, at, text, state = "sending", messages } = entry;
  const { before, answer, source, signpost, crisis, code, response, sources } = divided(entry, otherwise);
  const when = h("time", { datetime: new Date(at).toISOString() }, time(entry));
  const head = h("span", { class: "unseen" }, messages ? words.them : words.you, ", ", when, ": ");
  if (!messages)
    return h("div", { class: "message question", id, "data-state": state }, head, text, h("span", { class: "state", "aria-live": "off" }, words[state]));
  const block = (/** @type {string} */ name, /** @type {string[]} */ lines) => lines.length > 0 && h("div", { class: name }, paragraphs(lines, code));
  const thumb = (/** @type {string} */ value, /** @type {string} */ sign, /** @type {string} */ label) =>
    h("button", { type: "button", "aria-label": label, onclick: () => {
      if (rate) rate(value, response ?? "");
      rating.replaceChildren(h("span", { role: "status" }, words.thanks));
    } }, sign);
  const rating = h("p", { class: "row rating" }, thumb("up", "👍", words.helped), thumb("down", "👎", words.notHelped));
  // A crisis is announced at once by other means.
  return h("div", { class: `message reply${crisis ? " crisis" : ""}`, id, "aria-live": crisis ? "off" : null }, head,
    block("aside", before),
    crisis && [
      block("first", answer.splice(0, 1).map((line) => line.replace(/^- /, ""))),
      h("p", { class: "row actions" }, actions(crisis, code, words)),
    ],
    block("answer", answer),
    block("signpost", signpost),
    source && h("details", { class: "source" }, h("summary", {}, words.source), h("p", {}, source),
      sources?.map((each) => h("p", {}, fill(words.reviewed, each)))),
    response && rate && rating);
}

/** The quick replies. @param {Entry} entry @param {(title: string, payload: string) => void} choose */
export const offered = ({ messages = [] }, choose) =>
  messages
    .flatMap(({ buttons }) => (Array.isArray(buttons) ? buttons : []))
    .filter((each) => typeof each?.title === "string" && typeof each.payload === "string")
    .map(({ title, payload }) => h("button", { type: "button", class: "choice", onclick: () => choose(title, payload) }, title));

/** Takes a reply apart. @param {Entry} entry @param {Code} otherwise the country, where the reply does not say */
export function divided({ messages = [] }, otherwise) {
  const texts = messages.map(({ text }) => text.split("\n").filter(Boolean));
  const last = texts.pop() ?? [];
  const { crisis, country: code = otherwise, response, sources } = messages.at(-1)?.metadata ?? {};
  const named = last.findLastIndex((line) => line.startsWith("Source: "));
  const block = last.findLastIndex((line) => line.endsWith(`${country(code).within}:`));
  const end = named >= 0 ? named : block >= 0 ? block : last.length - 1;
  const answer = last.slice(0, end);
  return {
    before: texts.flat(), answer, source: last[named], signpost: last.slice(named < 0 ? end : end + 1),
    crisis: crisis && last.slice(0, end || 1).join(" "), code, response, sources,
  };
}

/** @param {string[]} lines @param {Code} code */
function paragraphs(lines, code) {
  /** @type {Element[]} */
  const made = [];
  for (const line of lines) {
    const item = /^- (.*)/.exec(line);
    if (item && made.at(-1)?.tagName !== "UL") made.push(h("ul"));
    if (item) made.at(-1)?.append(h("li", {}, linked(item[1], code)));
    else made.push(h("p", {}, linked(line, code)));
  }
  return made;
}
