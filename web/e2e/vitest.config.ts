import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const web = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root: web,
  cacheDir: `${web}node_modules/.vite-e2e`,
  test: { include: ["e2e/**/*.e2e.ts"], environment: "node", globalSetup: `${web}e2e/axe.count.ts`, fileParallelism: false, testTimeout: 60_000, hookTimeout: 180_000, retry: 0 },
});
