// One sentence in the message area, read out at once.
export function say(text, tone = "warning") {
  const box = document.createElement("div");
  box.className = `alert alert-${tone} z-message`;
  box.setAttribute("role", "alert");
  box.textContent = text;
  document.getElementById("messages")?.replaceChildren(box);
}
