// @ts-check
// The chat page: sends messages to Rasa's REST channel and shows the replies.

const log = /** @type {HTMLElement} */ (document.getElementById("log"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("form"));
const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("text"));
const help = document.querySelector(".help");

const PATIENCE = 10_000; // milliseconds

// The conversation lives as long as the tab; nothing outlasts it.
const sender = sessionStorage.getItem("signpost-sender") ?? crypto.randomUUID?.() ?? String(Math.random());
sessionStorage.setItem("signpost-sender", sender);

/**
 * @param {string} words
 * @param {string} kind
 */
function show(words, kind) {
  const message = document.createElement("p");
  message.className = `message ${kind}`;
  message.textContent = words;
  log.append(message);
  return message;
}

/**
 * Shows a turn from its first line on: that is where the answer, or the number to call, stands.
 * @param {HTMLElement} message
 */
function readFrom(message) {
  log.scrollTop = message.offsetTop - log.offsetTop;
}

/** @param {{title: string, payload: string}[]} buttons */
function offer(buttons) {
  const row = document.createElement("div");
  row.className = "replies";
  for (const { title, payload } of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.addEventListener("click", () => {
      row.remove();
      text.focus();
      send(payload, title);
    });
    row.append(button);
  }
  log.append(row);
}

/**
 * @param {string} message
 * @param {string} shown
 */
async function send(message, shown) {
  const asked = shown ? show(shown, "mine") : null;
  if (asked) readFrom(asked);
  status.textContent = "Answering…";
  try {
    const response = await fetch("/webhooks/rest/webhook", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender, message }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!response.ok) throw new Error(String(response.status));
    const replies = await response.json();
    for (const reply of replies) {
      show(reply.text, "theirs");
      if (reply.buttons) offer(reply.buttons);
    }
    if (replies.length === 0) throw new Error("no reply");
    status.textContent = "";
  } catch {
    status.textContent = "";
    readFrom(show("The assistant cannot be reached now. The numbers at the top of this page work.", "trouble"));
    help?.setAttribute("open", "");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = text.value.trim();
  if (!message) return;
  text.value = "";
  send(message, message);
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

send("/greet", "");
