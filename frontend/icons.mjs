// Writes the SVG sprite that {% icon %} refers to. The result is committed, so that icons need no Node.
import { readFileSync, writeFileSync } from "node:fs";

const names = readFileSync("icons.txt", "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
const symbols = names.map((name) => {
  const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const shapes = svg.replace(/<svg[^>]*>|<\/svg>/g, "").replace(/<path stroke="none"[^>]*>/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${shapes.trim()}</symbol>`;
});
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Tabler Icons, MIT licence, Copyright (c) Paweł Kuna -->\n${symbols.join("\n")}\n</svg>\n`;
writeFileSync("../src/zhibu/ui/static/ui/icons.svg", sprite);
console.log(`${names.length} icons, ${sprite.length} bytes`);
