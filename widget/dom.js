// @ts-check
// Puts text into the page: elements, and links for the numbers and sites of the helplines.

import { HELPLINES } from "./helplines.js";

/** @import { Child, Code, Content, Line, Words } from "./types" */

/**
 * Makes an element. `on…` are listeners; a class is a part too; children are never read as markup.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, any>} properties @param {...Child} children
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value != null) element.setAttribute(name, value);
    if (name === "class") element.setAttribute("part", value);
  }
  element.append(.../** @type {Content} */ (children.flat(9).filter(Boolean)));
  return element;
}

/** @param {string} text @param {Record<string, any>} values */
export const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);

/** @param {string?=} code */
export const known = (code) => (code && Object.hasOwn(HELPLINES, code) ? code : undefined);

/** @param {Code} code */
export const country = (code) => HELPLINES[known(code) ?? "XX"];

/** @param {string} label @param {string} href */
const link = (label, href) => h("a", { href, rel: "noreferrer", class: "link" }, label);

/** @param {string} label @param {string} scheme @param {string} number @param {string=} body */
const dial = (label, scheme, number, body) =>
  // The empty first parameter lets iPhones and Android read the same address.
  link(label, `${scheme}:${number.replace(/[^+\d]/g, "")}${body ? `?&body=${body}` : ""}`);

/** How texts name a line, and what to put there. @param {Line} line @returns {[string, () => Content][]} */
function names({ call = "", dial: digits = call, also = "", text = "", body, web = "" }) {
  const site = web.replace(/^https:..(www.)?|\/$/g, "");
  return [
    [text && call === text ? `call or text ${call}` : "", () => [dial(`call ${call}`, "tel", digits), " or ", dial(`text ${call}`, "sms", text)]],
    [call, () => [dial(call, "tel", digits)]],
    [also, () => [dial(also, "tel", also)]],
    [text, () => [dial(text, "sms", text, body)]],
    [site, () => [link(site, web)]],
  ];
}

/** @param {string} text @param {Code} code the country whose lines it may name */
export function linked(text, code) {
  const all = country(code).lines.flatMap(names).filter(([name]) => name).sort(([one], [other]) => other.length - one.length);
  /** @type {Content} */
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    // What is part of a longer word or number is none of ours.
    const found = !/([\p{L}\p{N}+@/]|\d[ .,:-])$/u.test(plain) &&
      all.find(([name]) => text.startsWith(name, at) && !/^([\p{L}\p{N}@]|[ .,:-]\d|[-/.]\p{L})/u.test(text.slice(at + name.length)));
    if (found) nodes.push(plain, ...found[1]());
    plain = found ? "" : plain + text[at];
    at += found ? found[0].length : 1;
  }
  return [...nodes, plain];
}

/** @param {Line} line @param {Words} words */
function buttons({ call, dial: digits = call, also, text, body, write, web }, words) {
  const made = [];
  const word = body ?? write;
  if (digits) made.push(dial(fill(words.call, { number: call }), "tel", digits));
  if (also) made.push(dial(fill(words.call, { number: also }), "tel", also));
  if (text) made.push(dial(fill(word ? words.textWord : words.text, { number: text, word }), "sms", text, body));
  if (web) made.push(link(words.website, web));
  return made;
}

/** The lines that a text names, as large buttons. @param {string} text @param {Code} code @param {Words} words */
export function actions(text, code, words) {
  const named = new Set(linked(text, code).map((node) => /** @type {any} */ (node).href));
  return country(code).lines.flatMap((line) => buttons(line, words)).filter(({ href }) => named.delete(href));
}

/** @param {Code} code @param {Words} words */
export const directory = (code, words) =>
  country(code).lines.map((line) =>
    h("li", {}, h("span", {}, h("b", {}, line.name), line.hours && ` (${line.hours})`), h("span", { class: "row" }, buttons(line, words))),
  );
