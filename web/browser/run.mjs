/**
 * Looks at every page in a real browser: `node run.mjs BASE_URL [--shots DIR] [--only PATH]`.
 *
 * Every page in both languages, light and dark, wide and on a phone: no finding of axe (WCAG 2.0
 * to 2.2 A and AA, best practice), nothing on the console, no sideways scrolling at 320 px, and a
 * weight people with a slow line can bear. Then what scripts add: live entries, pause, the check
 * of a receipt; and that filters and colours work without scripts. Pictures go to a temporary
 * directory, or to WEAL_SCREENSHOTS.
 */

import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { behaviours } from "./behaviours.mjs";
import { discover } from "./discover.mjs";

const [base, ...words] = process.argv.slice(2);
if (!base) throw new Error("usage: node run.mjs BASE_URL [--shots DIR] [--only PATH]");
const option = (name) => words[words.indexOf(name) + 1] ?? null;
const has = (name) => words.includes(name);
const wanted = has("--shots") ? option("--shots") : process.env.WEAL_SCREENSHOTS;
const shots = wanted ?? mkdtempSync(join(tmpdir(), "weal-pages-"));
const only = has("--only") ? option("--only") : null;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const MOST_BYTES = 100_000;
const WIDTHS = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
const NARROWEST = { width: 320, height: 640 };
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const failures = [];
let passed = 0;

/** Counts one check; a failure is told at once and again at the end. */
function check(holds, where, what) {
  if (holds) {
    passed += 1;
    return;
  }
  failures.push(`${where}: ${what}`);
  console.log(`FAILED ${where}: ${what}`);
}

function finding({ id, nodes }) {
  const first = nodes[0];
  return `${id} x${nodes.length}: ${first.html.slice(0, 120)} (${first.failureSummary})`;
}

/** Opens a page; collects what it says on the console and what it weighs. */
async function open(context, path) {
  const page = await context.newPage();
  const complaints = [];
  let bytes = 0;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfinished", async (request) => {
    // A stream ends with its page, which is weighed by then.
    const sizes = await request.sizes().catch(() => undefined);
    if (sizes) bytes += sizes.responseBodySize + sizes.responseHeadersSize;
  });
  const answer = await page.goto(base + path, { waitUntil: "load" });
  await page.waitForTimeout(60);
  return { page, status: answer.status(), complaints, weight: () => bytes };
}

async function isScrolledSideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}

/** One page in one setting. */
async function look(browser, path, expected, { theme, viewport, name }) {
  const context = await browser.newContext({ viewport, colorScheme: theme });
  const where = `${path} ${theme} ${viewport.width}px`;
  const { page, status, complaints, weight } = await open(context, path);
  // The browser itself complains of a page that is missing on purpose.
  const serious = complaints.filter((text) => expected === 200 || !text.includes("status of 4"));
  check(status === expected, where, `status ${status}`);
  check(serious.length === 0, where, `console: ${serious[0]}`);
  check(!(await isScrolledSideways(page)), where, "scrolls sideways");
  check(weight() < MOST_BYTES, where, `weighs ${weight()} bytes`);
  // axe is run by the debugger, which the page's content policy does not bind.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run({ runOnly: { type: "tag", values } }),
    RULES,
  );
  check(violations.length === 0, where, violations.map(finding).join("; "));
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  const heaviest = weight();
  await page.setViewportSize(NARROWEST);
  check(!(await isScrolledSideways(page)), where, "scrolls sideways at 320 px");
  await context.close();
  return heaviest;
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const pages = (await discover(base)).filter(({ path }) => !only || path.startsWith(only));
const weights = new Map();
for (const { path, status, name } of pages) {
  for (const lang of ["en", "zh"]) {
    for (const theme of ["light", "dark"]) {
      for (const viewport of WIDTHS) {
        const setting = { theme, viewport, name: [name, lang, theme, viewport.width].join("-") };
        const weight = await look(browser, `/${lang}${path}`, status, setting);
        weights.set(name, Math.max(weight, weights.get(name) ?? 0));
      }
    }
  }
}
if (!only) await behaviours({ browser, base, open, check });
await browser.close();

for (const [name, bytes] of weights) console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB`);
console.log(`pictures: ${shots}`);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length ? 1 : 0;
