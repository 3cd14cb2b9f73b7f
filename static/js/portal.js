// Small helps where HTML and htmx cannot; everything works without them.

// A message can be put away.
const armToasts = (root) =>
  root.querySelectorAll("[data-toast] [data-close][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => button.closest("[data-toast]").remove());
  });

// "57 dari 160" under a field.
const count = (field) => {
  const place = document.querySelector(`[data-count-for="${field.id}"]`);
  if (place) place.textContent = `${field.value.length}${field.maxLength > 0 ? ` / ${field.maxLength}` : ""}`;
};

// Show what is typed into a password field.
const armPasswords = (root) =>
  root.querySelectorAll("[data-reveal][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.reveal);
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
  });

// Copy a code.
const armCopies = (root) =>
  root.querySelectorAll("[data-copy][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard?.writeText(button.dataset.copy));
  });

const arm = (root) => {
  armToasts(root);
  armPasswords(root);
  armCopies(root);
  root.querySelectorAll("[data-counter]").forEach(count);
};

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-counter]")) count(event.target);
  event.target.closest?.("form[data-warn]")?.setAttribute("data-dirty", "");
});
document.addEventListener("submit", (event) => event.target.removeAttribute("data-dirty"));
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// A page that the browser kept holds old tokens: ask for it anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// The line was lost: say so beside the form, which keeps what was typed.
document.addEventListener("htmx:error", (event) => {
  const place = event.target.closest?.("form")?.querySelector("[data-message]");
  if (place) place.textContent = document.documentElement.lang === "en"
    ? "Not sent yet. Please check the connection, then try again."
    : "Belum terkirim. Silakan periksa sambungan, lalu coba kembali.";
});
document.addEventListener("htmx:after:swap", () => arm(document));
arm(document);
