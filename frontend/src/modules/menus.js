// Menus are <details>, the phone's navigation is a :target; both work without script. Escape and a click elsewhere close them.
export function menus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.z-menu[open]")) if (!menu.contains(except)) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.z-menu[open]");
    close(null);
    open?.querySelector("summary")?.focus();
    if (location.hash === "#nav") location.hash = "#top";
  });
}
