// @ts-check
// Every text of the interface. To translate it, add a language beside `en`.

export const en = {
  heading: "Ask a question",
  open: "Ask a question",
  close: "Close",
  leave: "Quick exit",
  note: "Quick exit, or Shift 3 times, clears this chat, but not your browser's history.",
  more: "More",
  left: "Shift: {left} more to leave.",
  leaving: "Leaving. This chat is cleared, but not your browser's history.",
  help: "Call or text for help",
  call: "Call {number}",
  text: "Text {number}",
  textWord: "Text {word} to {number}",
  website: "Website",
  log: "Conversation",
  choices: "Suggested questions",
  you: "You",
  them: "Assistant",
  source: "Where this comes from",
  reviewed: "{article}, section {section}. {publisher}. Reviewed: {reviewed}.",
  helped: "This helped",
  notHelped: "This did not help",
  thanks: "Thank you.",
  question: "Your question",
  send: "Send",
  sending: "Sending",
  waiting: "Not sent yet. Waiting for the connection.",
  sent: "Sent",
  failed: "Not sent.",
  typing: "Answering",
  slow: "This is taking long. If this is an emergency, call {emergency}.",
  away: "The assistant is out of reach. Your message is kept and will be sent. If this is an emergency, call {emergency}.",
  retry: "Try now",
  back: "The connection is back.",
  trouble: "Something went wrong here. If this is an emergency, call {emergency}.",
  fits: "{count} characters left",
  over: "{count} characters too many. Please shorten your question.",
  restart: "Start again",
  restarted: "The chat is cleared.",
  copy: "Copy chat",
  copied: "Copied.",
  notCopied: "Please save it instead.",
  save: "Save chat",
};

/** @type {Record<string, typeof en>} */
const LANGUAGES = { en };

/**
 * Returns the language that is there, and its words.
 * @param {string} language such as "en-GB"
 * @returns {[string, typeof en]}
 */
export function words(language) {
  const found = [language, language.split("-")[0]].find((code) => LANGUAGES[code]) ?? "en";
  return [found, LANGUAGES[found]];
}
