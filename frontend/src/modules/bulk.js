// Choosing rows of a list: by mouse, by space bar, a range with Shift, the page, or all results.
export function bulkSelection(htmx) {
  let last = null;
  document.addEventListener("click", (event) => {
    const box = event.target;
    const form = box.form ?? box.closest?.("form");
    if (!form?.matches("[data-bulk]")) return;
    const boxes = [...form.querySelectorAll("input[name=selected]")];
    if (box.matches("[data-select-page]")) boxes.forEach((other) => (other.checked = box.checked));
    if (box.matches("[data-select-all]")) {
      boxes.forEach((other) => (other.checked = true));
      form.elements.all.value = "1";
    } else if (box.matches("input[type=checkbox]")) form.elements.all.value = "";
    if (box.matches("[data-select-none]")) {
      boxes.forEach((other) => (other.checked = false));
      form.elements.all.value = "";
    }
    if (box.name === "selected") {
      if (event.shiftKey && last && boxes.includes(last)) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        boxes.slice(from, to + 1).forEach((other) => (other.checked = box.checked));
      }
      last = box;
    }
    show(form);
  });
  htmx.onLoad((root) => root.querySelectorAll?.("form[data-bulk]").forEach(show));
}

function show(form) {
  const boxes = [...form.querySelectorAll("input[name=selected]")];
  const chosen = boxes.filter((box) => box.checked).length;
  const everything = form.elements.all?.value === "1";
  const bar = form.querySelector("[data-bulk-bar]");
  if (!bar) return;
  bar.hidden = chosen === 0 && !everything;
  bar.querySelector("[data-bulk-count]").textContent = everything ? "已选全部结果" : `已选 ${chosen} 条`;
  const all = bar.querySelector("[data-select-all]");
  if (all) all.hidden = everything || chosen < boxes.length;
  const head = form.querySelector("[data-select-page]");
  if (!head) return;
  head.checked = chosen > 0 && chosen === boxes.length;
  head.indeterminate = chosen > 0 && chosen < boxes.length;
}
