// Builds the bundles that the pages use. `--watch` keeps building.
import { readFileSync, writeFileSync } from "node:fs";
import * as esbuild from "esbuild";

const options = {
  entryPoints: [
    { in: "src/app.js", out: "app" },
    { in: "src/charts.js", out: "charts" },
    { in: "src/styles/app.css", out: "app" },
  ],
  outdir: "../src/zhibu/ui/static/ui/dist",
  bundle: true,
  minify: true,
  format: "iife",
  // Syntax of 2020: the older phones and office machines of a campus.
  target: ["es2020", "chrome90", "firefox90"],
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  logLimit: 5,
  define: { "process.env.NODE_ENV": '"production"' },
};
if (process.argv.includes("--watch")) {
  await (await esbuild.context(options)).watch();
} else {
  await esbuild.build(options);
  // Alpine's warnings name its web site. Nothing that is delivered names another host.
  const app = `${options.outdir}/app.js`;
  writeFileSync(app, readFileSync(app, "utf8").replaceAll("https://alpinejs.dev/plugins/", "alpinejs plugin "));
}
