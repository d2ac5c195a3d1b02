import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { writeSums } from "./build/sums.ts";

const web = fileURLToPath(new URL(".", import.meta.url));

/** Every folder of src with an index.html is a page: src/desk/index.html becomes dist/desk/index.html. */
const pages = Object.fromEntries(readdirSync(`${web}src`).filter((d) => existsSync(`${web}src/${d}/index.html`)).map((d) => [d, `${web}src/${d}/index.html`]));

export default defineConfig({
  root: `${web}src`,
  base: "/web/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: `${web}dist`,
    emptyOutDir: true,
    target: ["chrome109", "firefox115", "safari15.4"], // phones of five years ago
    cssTarget: ["chrome109", "firefox115", "safari15.4"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // data: URLs are not in our content security policy
    reportCompressedSize: false,
    rollupOptions: {
      input: { ...pages, loader: `${web}src/widget/loader.ts` },
      output: {
        // Sites name the loader in their pages, so it keeps its name; everything else may be cached for ever.
        entryFileNames: (c) => (c.name === "loader" ? "widget.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  plugins: [{ name: "sums", apply: "build", closeBundle: () => writeSums(web) }],
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { root: web, include: ["src/**/*.test.{ts,tsx}"], environment: "happy-dom", pool: "threads" },
} as Parameters<typeof defineConfig>[0]);
