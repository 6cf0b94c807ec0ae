// A gift's page says what the API says; its receipt is checked with the node stopped.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [base, work] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
const digits = (text) => text.replace(/[^0-9]/g, "");

for (const file of readdirSync(work).filter((name) => name.startsWith("trace-"))) {
  const trace = JSON.parse(readFileSync(`${work}/${file}`, "utf8"));
  const code = file.slice("trace-".length, -".json".length);
  await page.goto(`${base}/en/trace/${code}`);
  const text = await page.locator("main").innerText();
  for (const step of trace.steps) {
    assert(text.includes(step.number), `${code}: entry ${step.number} is missing on the page`);
  }
  const given = trace.given / 10 ** trace.digits;
  assert(digits(text).includes(digits(String(Math.trunc(given)))), `${code}: the amount is missing`);
  for (const share of trace.shares.filter((share) => share.ward)) {
    assert(text.includes(share.party.names?.en ?? share.party.name), `${code}: a hand is missing`);
  }
  console.log(`page, command line and API agree on ${code}: ${trace.steps.length} entries`);
}

await page.goto(`${base}/en/verify`);
process.kill(Number(process.env.STOP_PID));
await new Promise((resolve) => setTimeout(resolve, 1000));
await assert.rejects(fetch(`${base}/v1/status`), "the node still answers");
const check = async (file, verdict) => {
  const started = Date.now();
  await page.locator("[data-verify-file]").setInputFiles(`${work}/${file}`);
  const run = page.locator("[data-verify-run]");
  if (await run.isVisible()) await run.click();
  await page.locator(verdict).first().waitFor({ timeout: 10_000 });
  const said = await page.locator("[data-verify-out]").innerText();
  console.log(`browser, ${Date.now() - started} ms: ${said.replace(/\s+/g, " ").slice(0, 220)}`);
  return said;
};
await check("good.json", ".verify-good");
const said = await check("bad.json", ".verify-bad");
assert(/log|place|changed/i.test(said), "the page does not name what is wrong");
const times = await page.evaluate(async (text) => {
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const { checkReceipt } = await import(loaded.find((name) => /verify(-[0-9a-f]+)?\.js/.test(name)));
  const times = [];
  for (let run = 0; run < 20; run += 1) {
    const started = performance.now();
    const { ok } = await checkReceipt(text);
    if (!ok) throw new Error("the receipt is not good");
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}, readFileSync(`${work}/good.json`, "utf8"));
console.log(`browser: a check takes ${times[10].toFixed(1)} ms at the median of 20, node stopped`);
await browser.close();
