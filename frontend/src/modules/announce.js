// Reads out the result of a swap: the swapped part says it in `data-announce`. Then the errors of a form get the focus.
export function announce() {
  document.addEventListener("htmx:afterSettle", (event) => {
    const region = document.getElementById("announce");
    const part = event.detail.elt?.closest?.("[data-announce]") ?? event.detail.elt?.querySelector?.("[data-announce]");
    if (region && part) region.textContent = part.dataset.announce;
    focusErrors();
  });
  focusErrors();
}

function focusErrors() {
  document.querySelector("[data-form-errors]")?.focus();
}
