// One sentence in the message area, read out at once.
export function say(text) {
  const box = document.createElement("div");
  box.className = "alert alert-warning z-message";
  box.setAttribute("role", "alert");
  box.textContent = text;
  document.getElementById("messages")?.replaceChildren(box);
}
