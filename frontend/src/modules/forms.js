// Forms marked data-guard: sent once, and on a lost connection they say so, keep everything typed and offer to retry.
const busy = (form, on) => {
  on ? form.setAttribute("aria-busy", "true") : form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = on;
};
const lost = (form, on) => {
  const notice = form.querySelector("[data-network-error]");
  if (notice) notice.hidden = !on;
};

export function forms() {
  // Captured on its way down: htmx listens on the form itself and would send, or queue, the second one.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-guard]")) return;
    if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    lost(form, false);
    // At once: the second of two quick clicks comes before the next turn.
    form.setAttribute("aria-busy", "true");
    // After this turn, so that the pressed button's own value is still sent.
    setTimeout(() => busy(form, true));
  }, true);
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest?.("form[data-guard]");
      if (form) setTimeout(() => (busy(form, false), lost(form, true)));
    });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    // A redirect is on its way: the button stays disabled until the next page is there.
    if (form && !event.detail.xhr?.getResponseHeader("HX-Redirect")) setTimeout(() => busy(form, false));
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-retry]")) event.target.closest("form").requestSubmit();
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-guard]")) busy(form, false);
  });
}
