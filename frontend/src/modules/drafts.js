// Keeps what was typed into form[data-draft-key] in this browser until it is saved, and offers it again after a loss.
// Passwords, files, hidden fields and fields marked data-no-draft (ID number, phone, address) are never kept.
const PREFIX = "zhibu-draft:";
const DAYS_KEPT = 7;
const key = (form) => PREFIX + form.dataset.draftKey;

function fields(form) {
  return [...form.elements].filter(
    (field) => field.name && !["password", "hidden", "file", "submit", "button", "tel"].includes(field.type) &&
      !field.closest("[data-no-draft]"),
  );
}

function read(form) {
  const values = {};
  for (const field of fields(form)) {
    const list = (values[field.name] ??= []);
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.checked) list.push(field.value);
    } else if (field.multiple) list.push(...[...field.selectedOptions].map((option) => option.value));
    else list.push(field.value);
  }
  return values;
}

function write(form, values) {
  for (const field of fields(form)) {
    const list = values[field.name];
    if (!list) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = list.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = list.includes(option.value);
    else field.value = list[0] ?? "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function stored(form) {
  try {
    const draft = JSON.parse(localStorage.getItem(key(form)));
    if (draft && Date.now() - draft.at < DAYS_KEPT * 86400e3) return draft;
  } catch { /* an unreadable draft is no draft */ }
  localStorage.removeItem(key(form));
  return null;
}

function offer(form) {
  const draft = stored(form);
  const box = form.querySelector("[data-draft-offer]");
  if (!draft || !box || JSON.stringify(draft.values) === JSON.stringify(read(form))) return;
  box.querySelector("[data-draft-time]").textContent = new Date(draft.at).toLocaleString("zh-CN");
  box.hidden = false;
}

const all = (root) => root.querySelectorAll?.("form[data-draft-key]") ?? [];
let waiting;

export function drafts(htmx) {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form?.dataset.draftKey) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), values: read(form) })), 400);
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-draft-restore], [data-draft-discard]");
    if (!choice) return;
    const form = choice.closest("form");
    if ("draftRestore" in choice.dataset) write(form, stored(form)?.values ?? {});
    else localStorage.removeItem(key(form));
    form.querySelector("[data-draft-offer]").hidden = true;
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    // Only the form's own submission saves; a button inside that swaps a part of it does not.
    const form = event.target.matches?.("form[data-draft-key]") ? event.target : null;
    if (!form || event.detail.xhr.status >= 400) return;
    clearTimeout(waiting);
    localStorage.removeItem(key(form));
  });
  document.addEventListener("submit", (event) => {
    // Signing out of a shared computer leaves nothing behind.
    if (!event.target.matches("[data-clear-drafts]")) return;
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  });
  htmx.onLoad((root) => all(root).forEach(offer));
}
