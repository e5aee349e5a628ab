// Presses "Try it out" and "Execute" in Swagger UI on POST /simulate and, with a file, on the import into scenario 1: node try_it_out.mjs URL CHROMIUM
import { chromium } from "playwright-core";

const [url, executablePath] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) foreign.push(request.url());
  });
  const broken = [];
  page.on("response", (response) => {
    if (response.status() >= 400) broken.push(response.url());
  });
  await page.goto(`${url}/docs`);
  const operation = page.locator("#operations-simulation-simulate");
  await operation.locator(".opblock-summary-control").click();
  await operation.locator("button.try-out__btn").click();
  await operation.locator("button.execute").click();
  await operation.locator(".live-responses-table .response-col_status").first().waitFor({ timeout: 60000 });
  const status = (await operation.locator("tbody .response-col_status").first().innerText()).trim();
  if (!status.startsWith("200")) throw new Error(`status ${status}`);
  const upload = page.locator("#operations-scenarios-importScenario");
  await upload.locator(".opblock-summary-control").click();
  await upload.locator("button.try-out__btn").click();
  await upload.locator('tr[data-param-name="id"] input').fill("1");
  const rows = [...Array(24).keys()].map((hour) => `2024-01-01T${String(hour).padStart(2, "0")}:00:00Z,${hour}`);
  const content = Buffer.from(["timestamp,day_ahead", ...rows].join("\n"));
  await upload.locator("input[type=file]").setInputFiles({ name: "prices.csv", mimeType: "text/csv", buffer: content });
  await upload.locator("button.execute").click();
  await upload.locator(".live-responses-table tbody .response-col_status").first().waitFor({ timeout: 60000 });
  const stored = (await upload.locator("tbody .response-col_status").first().innerText()).trim();
  if (!stored.startsWith("200")) throw new Error(`import: ${stored} ${await upload.locator(".live-responses-table").innerText()}`);
  if (broken.length > 0) throw new Error(`not found: ${broken}`);
  if (foreign.length > 0) throw new Error(`asked elsewhere: ${foreign}`);
} finally {
  await browser.close();
}
