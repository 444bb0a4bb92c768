// Looks at the pages of `appgrant serve` with a real browser, and calls operations from
// them. It starts the server itself, and a proxy that puts it under a prefix.
//   node check.mjs [PROGRAM [DIRECTORY]]
// PROGRAM is bin/appgrant. Pictures go to DIRECTORY, build/reports/browser; what the
// browser is, $CHROMIUM says.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { unreadable } from "./contrast.mjs";
import { prefixed, serve } from "./server.mjs";

const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(process.argv[2] ?? `${repository}/bin/appgrant`);
const pictures = resolve(process.argv[3] ?? `${repository}/build/reports/browser`);

const project = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const gateway = "f0fa1789-3b76-433b-a787-9892951c620e";
const service = "5e9c3b0a-6a51-4b8e-9d57-3c1f0e2a7b44";
const api = "5f918d104dc84480a75166ba99efff21";
const app = "356de8eb7a8742168586e5daf5339965";
const modelAPI = "logic-api-fe84e858-49ec-41c6-80d7-a34fc22435c2";
const modelApp = "fb1a9eadd87b48abbd74b8ba1755dffd";

// What must not happen on any page, and did.
const faults = [];

/** Opens a tab in which nothing may go wrong, and from which nobody but origin is called. */
async function open(browser, origin, { width = 1280, scheme = "light" } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const fault = (what) => faults.push(`${page.url()} (${width} px, ${scheme}): ${what}`);
  page.refusals = new Set(); // the statuses of calls that are meant to be refused
  page.on("console", (message) => {
    const meant = [...page.refusals].some((status) => message.text().includes(`status of ${status} `));
    if (["error", "warning"].includes(message.type()) && !meant) {
      fault(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => fault(`error: ${error.message}`));
  page.on("requestfailed", (request) => fault(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400 && !page.refusals.has(response.status())) {
      fault(`${response.status()}: ${response.url()}`);
    }
  });
  page.on("request", (request) => {
    const { protocol, origin: to } = new URL(request.url());
    if (to !== origin && !["data:", "blob:"].includes(protocol)) {
      fault(`calls elsewhere: ${request.url()}`);
    }
  });
  await page.exposeFunction("violated", (what) => fault(`against the policy: ${what}`));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) =>
    globalThis.violated(`${event.effectiveDirective} ${event.blockedURI}`)));
  return page;
}

/** Holds what is on the page against what anybody must be able to read, and may take a picture. */
async function look(page, name, { picture = false } = {}) {
  const { width } = page.viewportSize();
  const scheme = await page.evaluate(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  const view = `${name}-${scheme}-${width}`;
  const [scroll, client] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (scroll > client) {
    faults.push(`${view}: ${scroll} px wide on ${client} px`);
  }
  faults.push(...(await page.evaluate(unreadable)).map((text) => `${view}: hard to read: ${text}`));
  if (picture) {
    await page.screenshot({ path: `${pictures}/${view}.png`, fullPage: true });
  }
}

const block = (page, operation) => page.locator(".opblock", { has: page.locator(".opblock-summary-operation-id", { hasText: new RegExp(`^\\s*${operation}\\s*$`) }) });

async function unfold(page, operation) {
  const at = block(page, operation);
  await at.locator(".opblock-summary-control").click();
  await at.locator(".try-out__btn").waitFor();
  return at;
}

async function authorize(page, token) {
  await page.locator(".scheme-container .authorize").click();
  await page.locator(".auth-container input").fill(token);
  await page.locator(".auth-btn-wrapper .authorize").click();
  await page.locator(".auth-btn-wrapper .btn-done").click();
}

/** Presses Execute, and returns the request and the answer, as sent and as shown. */
async function execute(page, at) {
  const [answer] = await Promise.all([
    page.waitForResponse((r) => /\/(v1|v2|admin\/v1)\//.test(r.url())),
    at.locator(".execute").click(),
  ]);
  const shown = at.locator(".live-responses-table .response").first();
  await shown.locator(".response-col_status", { hasText: String(answer.status()) }).waitFor();
  const body = shown.locator(".response-col_description .highlight-code pre, .response-col_description pre.microlight").first();
  return {
    method: answer.request().method(),
    url: answer.url(),
    sent: answer.request().postDataJSON(),
    token: (await answer.request().allHeaders())["x-auth-token"],
    status: answer.status(),
    body: JSON.parse(await body.innerText()),
  };
}

const tryOut = (at) => at.locator(".try-out__btn").click();

/** From the first page to a call that succeeds, with what the demo and the documents give. */
async function walk(browser, url) {
  const page = await open(browser, new URL(url).origin);
  await page.goto(`${url}/`);
  await page.getByRole("link", { name: /^Reference/ }).click();
  await page.waitForURL(`${url}/docs`);
  const tags = ["APIG", "ROMA Connect", "ModelArts", "DataArts Studio"];
  await page.locator(".opblock-tag").first().waitFor();
  assert.deepEqual(await page.locator(".opblock-tag").evaluateAll((all) => all.map((tag) => tag.dataset.tag)), tags);
  assert.deepEqual(await page.locator(".opblock-summary-operation-id").allInnerTexts(), [
    "CreateAuthorizingAppsV2", "CancelingAuthorizationV2", "DeleteAppCodeV2", "DeleteApiAppAuth", "DeleteApiAppAuthAlias",
    "AuthorizeActionApiToInstance",
  ]);

  const create = await unfold(page, "CreateAuthorizingAppsV2");
  assert.match(page.url(), /\/docs#\/APIG\/CreateAuthorizingAppsV2$/);
  const path = `${url}/v2/${project}/apigw/instances/${gateway}/app-auths`;
  await tryOut(create);
  page.refusals.add(401);
  const refused = await execute(page, create);
  assert.deepEqual(refused.body, { error_code: "APIG.1000", error_msg: "Token missing. Log in again or try again later." });
  page.refusals.clear();

  const token = await page.locator(".note code").innerText();
  assert.equal(token, "demo-token");
  await authorize(page, token);
  const made = await execute(page, create);
  const pair = { app_id: app, api_id: api };
  const [{ id, auth_time, ...record }] = made.body.auths;
  assert.deepEqual({ ...made, body: record }, {
    method: "POST", url: path, token, status: 201,
    sent: { env_id: "DEFAULT_ENVIRONMENT_RELEASE_ID", app_ids: [app], api_ids: [api] },
    body: { ...pair, auth_result: { status: "SUCCESS" }, auth_role: "PROVIDER", auth_tunnel: "NORMAL" },
  });
  assert.match(id, /^[0-9a-f]{32}$/);

  await create.locator("tr[data-param-name=instance_id] input").fill("nowhere");
  page.refusals.add(404);
  const nowhere = await execute(page, create);
  assert.equal(nowhere.status, 404);
  assert.deepEqual(nowhere.body, { error_code: "APIG.3030", error_msg: "The instance does not exist;id:nowhere" });
  page.refusals.clear();

  const cancel = await unfold(page, "DeleteApiAppAuth");
  await tryOut(cancel);
  const cancelled = await execute(page, cancel);
  const [{ auth_id, ...result }] = cancelled.body.unauth_result;
  assert.deepEqual({ ...cancelled, body: result }, {
    method: "DELETE", url: `${url}/v1/${project}/services/${service}/app-auth-apis/${modelAPI}/app-auth-api?workspace_id=0`, token, status: 200,
    sent: { apps: [{ app_id: modelApp }] },
    body: { api_id: modelAPI, app_id: modelApp, success: true },
  });
  assert.match(auth_id, /^[0-9a-f]{32}$/);
  await page.context().close();
}

/** The same for the admin contract: the decision about the pair that walk authorized. */
async function administer(browser, url) {
  const page = await open(browser, new URL(url).origin);
  await page.goto(`${url}/docs`);
  await page.getByRole("link", { name: "Administration" }).click();
  await page.waitForURL(`${url}/docs/admin`);
  const clock = await unfold(page, "SetClock"); // shares its parameter with its neighbours
  assert.deepEqual(await clock.locator("tr[data-param-name]").evaluateAll((rows) => rows.map((row) => row.dataset.paramName)), ["project_id"]);
  const decide = await unfold(page, "DecideAccess");
  await authorize(page, await page.locator(".note code").innerText());
  await tryOut(decide);
  const decided = await execute(page, decide);
  assert.equal(decided.token, "demo-admin");
  assert.equal(decided.status, 200);
  assert.deepEqual([decided.body.allowed, decided.body.reason], [true, "authorized"]);
  await page.context().close();
}

/** Each page, light and dark, on a phone and on a screen; the references with all that unfolds. */
async function lookAtAll(browser, url) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
      const page = await open(browser, url, { width, scheme });
      await page.goto(`${url}/`);
      await look(page, "home", { picture: true });
      await page.goto(`${url}/docs#/APIG/CreateAuthorizingAppsV2`);
      const create = block(page, "CreateAuthorizingAppsV2");
      await create.locator(".try-out__btn").waitFor();
      await look(page, "docs-open");
      await authorize(page, "demo-token");
      await tryOut(create);
      await execute(page, create);
      await look(page, "docs", { picture: true });
      await create.locator(".responses-inner .tabitem", { hasText: "Schema" }).first().click();
      await look(page, "docs-schema");
      await page.locator(".scheme-container .authorize").click();
      await page.locator(".auth-container").waitFor();
      await look(page, "docs-authorize");
      await page.goto(`${url}/docs/admin`);
      await unfold(page, "SetClock");
      await look(page, "docs-admin", { picture: true });
      await page.context().close();
    }
  }
}

mkdirSync(pictures, { recursive: true });
const server = await serve(program);
const proxy = await prefixed(server.url, "/tools/appgrant");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
try {
  await walk(browser, server.url);
  await administer(browser, server.url);
  await lookAtAll(browser, server.url);
  await server.reset();
  await walk(browser, proxy.url);
  await administer(browser, proxy.url);
} finally {
  await browser.close();
  proxy.close();
  await server.close();
  if (faults.length > 0) {
    process.exitCode = 1;
    console.error(faults.join("\n"));
  }
}
console.log(`pictures are in ${pictures}`);
