// What is typed is kept on the server as a draft, and what others do is shown without moving anything.
// Nothing of a plan is kept in the browser.

const PAUSE = 2500;
const BEAT = 20000;
const POLL = 4500;
const RETRY = 4000;
const forms = new WeakMap();

const typed = (form) => {
  const values = new URLSearchParams(new FormData(form));
  values.delete("kiriman");
  values.delete("csrf_token");
  return values.toString();
};

// While a button is held, nothing on the page changes: what appears or is replaced would move the button from under
// the finger, and the press would go nowhere. Leaving a box or a row for the button is what sends it, so this happens
// at every quick answer. A list that opens, or a pointer that leaves the window, may keep the release to itself.
let held = false;
const waiting = [];
const released = () => (held ? new Promise((go) => waiting.push(go)) : Promise.resolve());
const letGo = () => setTimeout(() => {
  held = false;
  waiting.splice(0).forEach((go) => go());
});
addEventListener("pointerdown", () => { held = true; }, true);
for (const end of ["pointerup", "pointercancel", "keydown"]) addEventListener(end, letGo, true);
addEventListener("blur", letGo); // of the window
addEventListener("change", (event) => { if (event.target.matches("select")) letGo(); });
addEventListener("pointermove", (event) => { if (held && !event.buttons) letGo(); }, true);
// So do the answers that htmx puts into the page.
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const ask = ctx.fetch;
  ctx.fetch = async (...asked) => {
    const answer = await ask(...asked);
    await answer.clone().text();
    await released();
    return answer;
  };
});

const say = async (form, words, link) => {
  await released();
  const place = form.querySelector("[data-draft-status]");
  // A link that is said again stays the same link: one that changes under a press is never followed.
  if (!place || (link && place.textContent === `${words} ${link.word}`)) return;
  place.textContent = words;
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.href, target: "_blank", textContent: link.word });
    place.append(" ", anchor);
  }
};

// One request at a time for each form, so that an older draft never overtakes a newer one.
const send = async (form, deed = "draf", leaving = false) => {
  const state = forms.get(form);
  if (!state || state.sent || (state.busy && !leaving)) return;
  const now = typed(form);
  const changed = now !== state.kept;
  if (!changed && deed === "draf") return;
  const values = new URLSearchParams(changed ? new FormData(form) : undefined);
  for (const name of ["csrf_token", "kiriman"]) values.set(name, form.elements[name].value);
  values.set("urusan", deed);
  values.set("skrip", "1");
  const words = form.querySelector("[data-draft-status]").dataset;
  clearTimeout(state.timer);
  state.busy = true;
  try {
    // A browser sends at most 64 KB after the page is gone.
    const answer = await fetch(form.dataset.draft, {
      method: "POST", body: values, headers: { "HX-Request": "true" }, redirect: "manual",
      keepalive: leaving && values.toString().length < 60000,
    });
    if (answer.ok) {
      if (changed) {
        state.kept = now;
        const text = await answer.text();
        if (text) say(form, text);
        if (typed(form) === now) form.removeAttribute("data-dirty");
      }
    } else if (answer.status === 401) {
      state.unkept = changed;
      if (changed) say(form, words.ended, { href: words.signIn, word: words.signInWord });
    } else if (changed) {
      throw new Error(String(answer.status));
    }
  } catch {
    if (changed) say(form, words.unsaved);
  } finally {
    state.busy = false;
    if (!state.sent && form.isConnected && typed(form) !== state.kept) state.timer = setTimeout(() => send(form), RETRY);
  }
};

const armForm = (form) => {
  if (forms.has(form)) return;
  forms.set(form, { kept: typed(form), timer: 0, busy: false, sent: false });
  form.querySelectorAll("[data-keep-draft]").forEach((button) => button.remove());
  if (!form.dataset.presence) return;
  send(form, "hadir");
  const beat = setInterval(() => {
    if (!form.isConnected) clearInterval(beat);
    else if (!document.hidden) send(form, "hadir");
  }, BEAT);
};
const arm = () => document.querySelectorAll("form[data-draft]").forEach(armForm);
const each = (deed) => document.querySelectorAll("form[data-draft]").forEach(deed);

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  const state = form && forms.get(form);
  if (!state) return;
  state.sent = false;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => send(form), PAUSE);
});
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form) send(form);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-discard]")) each((form) => forms.has(form) && (forms.get(form).sent = true));
  const state = forms.get(event.target);
  if (!state) return;
  state.sent = true;
  clearTimeout(state.timer);
}, true);
// The save did not come through: what was typed is a draft again.
const resume = (event) => {
  const form = event.target.closest?.("form[data-draft]");
  const state = form && forms.get(form);
  if (!state) return;
  state.sent = false;
  send(form);
};
document.addEventListener("htmx:error", resume);
document.addEventListener("htmx:after:request", (event) => {
  if ((event.detail?.ctx?.response?.status ?? 200) >= 400) resume(event);
});
addEventListener("online", () => each((form) => send(form)));
addEventListener("pagehide", () => each((form) => send(form, form.dataset.presence ? "pergi" : "draf", true)));

// News of an open page. A page that nobody looks at does not ask.
const bars = new WeakMap();
const ask = async (bar) => {
  if (document.hidden) return;
  try {
    const answer = await fetch(bar.dataset.live, { headers: { "HX-Request": "true", "HX-PTag": bars.get(bar) ?? "0" } });
    if (answer.status !== 200) return;
    bars.set(bar, answer.headers.get("HX-PTag"));
    const text = await answer.text();
    await released();
    if (bar.innerHTML.trim() !== text.trim()) bar.innerHTML = text;
  } catch {
    // The line is lost: it is asked again at the next beat.
  }
};
const askAll = () => document.querySelectorAll("[data-live]").forEach(ask);
setInterval(askAll, POLL);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) each((form) => send(form, "draf", true));
  else askAll();
});
document.addEventListener("htmx:after:swap", arm);
arm();
