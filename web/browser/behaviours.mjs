/** What scripts add, and what works without them. */

const VIEW = { viewport: { width: 1280, height: 900 } };

async function live({ browser, base, open, check }) {
  const context = await browser.newContext(VIEW);
  const { page, complaints } = await open(context, "/en/");
  const first = () => page.locator("[data-live=entries] > li").first().getAttribute("data-index");
  const before = await first();
  const pause = page.locator("[data-live=pause]");
  check(await pause.isVisible(), "live", "the pause button is hidden");
  const changed = await page
    .waitForFunction(
      (old) => document.querySelector("[data-live=entries] > li").dataset.index !== old,
      before,
      { timeout: 15_000 },
    )
    .then(() => true, () => false);
  check(changed, "live", "no new entry came within 15 s (does the book go on?)");
  await pause.click();
  await page.waitForTimeout(300);
  const paused = await first();
  await page.waitForTimeout(4_000);
  check((await first()) === paused, "live", "an entry came while paused");
  check((await pause.textContent()) === "Resume updates", "live", "the button does not resume");
  await pause.click();
  const resumed = await page
    .waitForFunction(
      (old) => document.querySelector("[data-live=entries] > li").dataset.index !== old,
      paused,
      { timeout: 15_000 },
    )
    .then(() => true, () => false);
  check(resumed, "live", "nothing came after resuming");
  const count = await page.locator("[data-live=entries] > li").count();
  check(count <= 8, "live", `the list grew to ${count}`);
  check(complaints.length === 0, "live", `console: ${complaints[0]}`);
  await context.close();
}

async function receipt({ browser, base, open, check }) {
  const context = await browser.newContext(VIEW);
  const { page } = await open(context, "/en/records/5");
  await page.locator("[data-verify-run]").click();
  const verdict = page.locator("[data-verify-out] > p");
  await verdict.and(page.locator(":not(.verify-running)")).waitFor({ timeout: 10_000 });
  const good = await page.locator(".verify-good").count();
  check(good === 1, "receipt", `the receipt is not good: ${await verdict.textContent()}`);
  const text = await (await fetch(`${base}/v1/records/5/receipt`)).text();
  const changed = text.replace(/"index":5/, '"index":6');
  const { page: other } = await open(context, "/zh/verify");
  await other.locator("[data-verify-text]").fill(changed);
  await other.locator("[data-verify-run]").click();
  await other.locator(".verify-bad").waitFor({ timeout: 10_000 });
  check(true, "receipt", "a changed receipt is refused");
  await other.locator("[data-verify-text]").fill(text);
  await other.locator("[data-verify-run]").click();
  await other.locator(".verify-good").waitFor({ timeout: 10_000 });
  check(true, "receipt", "a pasted receipt is good");
  await context.close();
}

async function withoutScripts({ browser, open, check }) {
  const context = await browser.newContext({ ...VIEW, javaScriptEnabled: false });
  const { page } = await open(context, "/en/needs");
  await page.locator("#urgency").selectOption("critical");
  await page.locator("form.filters button").click();
  check(page.url().includes("urgency=critical"), "no scripts", "the filter is not in the address");
  const tags = await page.locator("td.urgency").allTextContents();
  check(tags.every((tag) => tag.trim() === "Critical"), "no scripts", "the filter does not filter");
  const theme = () => page.locator("html").getAttribute("data-theme");
  for (const wanted of ["dark", "light", "auto"]) {
    await page.locator(`.theme button[value=${wanted}]`).click();
    check((await theme()) === wanted, "no scripts", `the theme did not become ${wanted}`);
    check(page.url().includes("urgency=critical"), "no scripts", "the theme lost the page");
  }
  await page.locator(".language").click();
  check(page.url().includes("/zh/needs?"), "no scripts", "the language lost the page");
  await context.close();
}

async function keyboard({ browser, open, check }) {
  const context = await browser.newContext(VIEW);
  const { page } = await open(context, "/en/");
  await page.keyboard.press("Tab");
  const skip = page.locator(".skip");
  check(await skip.evaluate((link) => link === document.activeElement), "keyboard", "no skip link");
  await page.keyboard.press("Enter");
  const focused = await page.evaluate(() => document.activeElement.id);
  check(focused === "main", "keyboard", `the skip link leads to ${focused}`);
  await context.close();
}

/** All of them, one after the other. */
export async function behaviours(tools) {
  for (const behaviour of [keyboard, withoutScripts, receipt, live]) {
    await behaviour(tools).catch((error) => tools.check(false, behaviour.name, error.message));
  }
}
