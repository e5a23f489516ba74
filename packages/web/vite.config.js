import { defineConfig } from "vite";

// One page, no plug-ins. The modulepreload polyfill would be an inline script, which the Content-Security-Policy refuses.
export default defineConfig({
  build: {
    outDir: "dist/site",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    license: { fileName: "licenses.txt" },
  },
});
