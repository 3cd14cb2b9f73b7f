// Words selected in a text become the quote of a comment. Without this a whole paragraph is chosen in the form.

let chosen = null;

// The selected words, grown to whole words, without the numbers of other quotes.
const selected = () => {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  const place = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[data-quotable]");
  const text = place(range.startContainer);
  if (!text || text !== place(range.endContainer)) return null;
  const letter = /[\p{L}\p{N}]/u;
  const { startContainer: first, endContainer: last } = range;
  if (first.nodeType === 3) {
    let at = range.startOffset;
    while (at > 0 && letter.test(first.data[at]) && letter.test(first.data[at - 1])) at -= 1;
    range.setStart(first, at);
  }
  if (last.nodeType === 3) {
    let at = range.endOffset;
    while (at > 0 && at < last.data.length && letter.test(last.data[at - 1]) && letter.test(last.data[at])) at += 1;
    range.setEnd(last, at);
  }
  const copy = range.cloneContents();
  copy.querySelectorAll(".quote-number, dt").forEach((number) => number.remove());
  copy.querySelectorAll("p, li, td, th, h3, h4, dd, br").forEach((block) => block.append(" "));
  const words = copy.textContent.replace(/\s+/g, " ").trim();
  return words && words.length <= 600 ? { words, page: text.dataset.quotable } : null;
};

// A finger ends the selection before it presses, and may press slowly.
const put = (button) => {
  if (button.matches(":active")) setTimeout(put, 400, button);
  else button.hidden = !selected();
};

const quote = (words) => {
  const form = document.getElementById("tulis");
  if (!form) return;
  form.elements.quote.value = words;
  form.querySelector("[data-quote]").hidden = !words;
  form.querySelector("[data-quote] blockquote").textContent = words;
  form.querySelector("[data-quote-drop]").hidden = !words;
  if (form.elements.paragraph) form.elements.paragraph.value = "";
  form.scrollIntoView({ block: "center" });
  form.elements.body.focus({ preventScroll: true });
};

document.addEventListener("selectionchange", () => {
  const button = document.querySelector("[data-quote-taker]");
  if (!button) return;
  const now = selected();
  if (now) chosen = now;
  if (now) button.hidden = false;
  else setTimeout(put, 400, button);
});

// The selection goes when the button is pressed; the words were noted before.
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.("[data-quote-taker]")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-quote-drop]")) quote("");
  if (!event.target.closest?.("[data-quote-taker]") || !chosen) return;
  event.target.closest("[data-quote-taker]").hidden = true;
  if (chosen.page) location.href = `${chosen.page}?kutip=${encodeURIComponent(chosen.words)}#tulis`;
  else quote(chosen.words);
  getSelection().removeAllRanges();
});

const arm = () =>
  document.querySelectorAll("[data-quote-hint], #tulis [data-quote-drop]").forEach((help) => {
    help.hidden = false;
  });
document.addEventListener("htmx:after:swap", arm);
arm();
