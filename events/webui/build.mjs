// Bundle src/ into $KEPU_DIST: hashed names, a manifest, gzip twins, the libraries' licences.
// Run by hatch_build.py inside pip; by hand: npm ci && KEPU_DIST=<folder> node build.mjs
import { readFileSync, readdirSync, existsSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const dist = process.env.KEPU_DIST;
if (!dist) throw new Error("KEPU_DIST must name the folder to write");

// bootstrap-icons names a woff beside its woff2; every browser that runs these pages reads woff2.
const onlyWoff2 = {
  name: "only-woff2",
  setup(build) {
    build.onLoad({ filter: /bootstrap-icons(\.min)?\.css$/ }, (args) => ({
      contents: readFileSync(args.path, "utf8").replace(/,\s*url\([^)]*\.woff\?[^)]*\)\s*format\([^)]*\)/g, ""),
      loader: "css",
    }));
  },
};

const common = {
  bundle: true,
  minify: true,
  target: ["es2020"],
  outdir: dist,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  legalComments: "none", // dist/LICENSES.txt holds them in full
  metafile: true,
  logLevel: "warning",
  plugins: [onlyWoff2],
};
const modules = await esbuild.build({
  ...common,
  entryPoints: ["src/main.js", "src/calendar.js", "src/embed.css"],
  format: "esm",
  splitting: true,
});
// theme.js runs before the first paint, so it is a classic script and not a module.
const classic = await esbuild.build({ ...common, entryPoints: ["src/theme.js"], format: "iife" });

const manifest = {};
for (const [path, output] of [...Object.entries(modules.metafile.outputs), ...Object.entries(classic.metafile.outputs)]) {
  if (!output.entryPoint) continue;
  const name = basename(output.entryPoint, ".js");
  manifest[name.endsWith(".css") ? name : `${name}.js`] = basename(path);
  if (output.cssBundle) manifest[`${name}.css`] = basename(output.cssBundle);
}
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, Object.keys(manifest).sort(), 1));

for (const name of readdirSync(dist)) {
  if (![".js", ".css", ".svg"].includes(extname(name))) continue;
  const path = join(dist, name);
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const licences = [];
for (const [folder, entry] of Object.entries(lock.packages)) {
  if (!folder || entry.dev || entry.optional || !existsSync(folder)) continue;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
  const title = `${folder.replace(/^.*node_modules\//, "")} ${entry.version} (${entry.license ?? "see below"})`;
  licences.push(`${title}\n${"-".repeat(title.length)}\n${text}\n`);
}
writeFileSync(join(dist, "LICENSES.txt"), licences.join("\n\n"));
