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
  if (!place) return;
  const of = document.documentElement.lang === "en" ? "of" : "dari";
  place.textContent = `${field.value.length}${field.maxLength > 0 ? ` ${of} ${field.maxLength.toLocaleString("id")}` : ""}`;
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
  (event.target.form ?? event.target).closest?.("form[data-warn]")?.setAttribute("data-dirty", "");
});
document.addEventListener("submit", (event) => event.target.removeAttribute("data-dirty"));
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});

// The cells of a sheet: arrows up and down and Enter go to the same column of another row, left and right at the
// edge of the text to the cell beside; Escape puts back what stood there.
document.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!cell.matches?.("[data-sheet] [data-cell]") || event.isComposing) return;
  const rows = [...cell.closest("[data-sheet]").querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]).filter((cells) => cells.length);
  const row = rows.findIndex((cells) => cells.includes(cell));
  const column = rows[row].indexOf(cell);
  const atStart = cell.selectionEnd === 0 || cell.selectionEnd - cell.selectionStart === cell.value.length;
  const atEnd = cell.selectionStart === cell.value.length || cell.selectionEnd - cell.selectionStart === cell.value.length;
  const next = {
    ArrowUp: () => rows[row - 1]?.[column],
    ArrowDown: () => rows[row + 1]?.[column],
    Enter: () => rows[row + (event.shiftKey ? -1 : 1)]?.[column],
    ArrowLeft: () => atStart && rows[row][column - 1],
    ArrowRight: () => atEnd && rows[row][column + 1],
  }[event.key];
  if (event.key === "Escape") cell.value = cell.defaultValue;
  else if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
  const found = next?.();
  if (next && !found && event.key !== "Enter") return;
  event.preventDefault();
  if (found) { found.focus(); found.select(); }
});

// A row of the sheet is saved when it is left. What was sent is what becomes the state of its cells; what was typed since stays.
const sending = new Map();
const cellsOf = (form) => [...form.elements].filter((field) => field.matches("[data-cell]"));
const isTyped = (form) => cellsOf(form).some((cell) => cell.value !== cell.defaultValue);
const leave = (form) => {
  if (!sending.has(form.id) && isTyped(form) && !form.closest("tr").contains(document.activeElement)) form.requestSubmit();
};
document.addEventListener("focusout", (event) => {
  const cell = event.target;
  if (cell.matches?.("[data-sheet] [data-cell]") && !cell.closest("tr").contains(event.relatedTarget)) setTimeout(leave, 0, cell.form);
});
document.addEventListener("submit", (event) => {
  if (event.target.closest("[data-sheet]")) sending.set(event.target.id, cellsOf(event.target).map((cell) => cell.value));
});
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("[data-saved]").forEach((place) => {
    const form = place.querySelector("form");
    const sent = sending.get(form.id);
    const saved = place.dataset.saved.split(";");
    place.removeAttribute("data-saved");
    cellsOf(form).forEach((cell, at) => {
      const typedSince = sent && cell.value !== sent[at];
      cell.defaultValue = saved[at];
      if (!typedSince && cell !== document.activeElement) cell.value = saved[at];
    });
    sending.delete(form.id);
    leave(form);
  });
});
document.addEventListener("htmx:after:request", (event) => {
  if ((event.detail?.ctx?.response?.status ?? 200) >= 400) sending.delete(event.target.id);
});
document.addEventListener("htmx:error", (event) => sending.delete(event.target.id));

// A link to a line of a long table that is not shown yet: ask for the part in which it stands.
const line = /^#baris-(\d+)$/.exec(location.hash)?.[1];
if (line && document.querySelector(".plan-table") && !document.getElementById(`baris-${line}`)) {
  const address = new URL(location.href);
  if (address.searchParams.get("baris") !== line) {
    address.searchParams.set("baris", line);
    location.replace(address);
  }
}

// One line of text in a box of two rows.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && event.target.matches?.("textarea[data-line]")) event.preventDefault();
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
